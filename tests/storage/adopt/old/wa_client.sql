CREATE TABLE messages (
    id VARCHAR(255) PRIMARY KEY, phone VARCHAR(20) NOT NULL,
    direction VARCHAR(10) NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    type VARCHAR(20) NOT NULL CHECK (type IN ('text', 'image', 'document', 'video', 'audio', 'template')),
    content TEXT, media_url TEXT, caption TEXT,
    status VARCHAR(20) NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
    whatsapp_msg_id VARCHAR(255), error_code VARCHAR(50), error_message TEXT, metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE contacts (
    id VARCHAR(255) PRIMARY KEY, phone VARCHAR(20) UNIQUE NOT NULL, name VARCHAR(255), profile_picture_url TEXT,
    last_message_at TIMESTAMP, message_count INTEGER DEFAULT 0, unread_count INTEGER DEFAULT 0, metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at TIMESTAMP
);
CREATE TABLE templates (
    id VARCHAR(255) PRIMARY KEY, name VARCHAR(255) UNIQUE NOT NULL, language VARCHAR(10) NOT NULL,
    category VARCHAR(50) NOT NULL, status VARCHAR(20) NOT NULL CHECK (status IN ('approved', 'pending', 'rejected')),
    content TEXT NOT NULL, parameters JSONB, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, deleted_at TIMESTAMP
);
CREATE TABLE api_keys (
    id VARCHAR(255) PRIMARY KEY, key_hash VARCHAR(255) UNIQUE NOT NULL, name VARCHAR(255) NOT NULL, permissions JSONB,
    rate_limit INTEGER DEFAULT 1000, last_used_at TIMESTAMP, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at TIMESTAMP, deleted_at TIMESTAMP
);
CREATE INDEX idx_messages_phone ON messages(phone);
CREATE INDEX idx_messages_created_at ON messages(created_at DESC);
CREATE INDEX idx_messages_whatsapp_msg_id ON messages(whatsapp_msg_id);
CREATE INDEX idx_messages_status ON messages(status);
CREATE INDEX idx_messages_direction ON messages(direction);
CREATE INDEX idx_messages_type ON messages(type);
CREATE INDEX idx_messages_content_fts ON messages USING gin(to_tsvector('english', content));
CREATE INDEX idx_messages_phone_created ON messages(phone, created_at DESC);
CREATE INDEX idx_messages_status_created ON messages(status, created_at DESC);
CREATE UNIQUE INDEX idx_contacts_phone ON contacts(phone) WHERE deleted_at IS NULL;
CREATE INDEX idx_contacts_last_message_at ON contacts(last_message_at DESC);
CREATE INDEX idx_contacts_name ON contacts(name);
CREATE INDEX idx_contacts_deleted_at ON contacts(deleted_at);
CREATE INDEX idx_contacts_search ON contacts USING gin(to_tsvector('english', COALESCE(name, '') || ' ' || phone));
CREATE UNIQUE INDEX idx_templates_name ON templates(name) WHERE deleted_at IS NULL;
CREATE INDEX idx_templates_status ON templates(status);
CREATE INDEX idx_templates_category ON templates(category);
CREATE INDEX idx_templates_deleted_at ON templates(deleted_at);
CREATE UNIQUE INDEX idx_api_keys_key_hash ON api_keys(key_hash) WHERE deleted_at IS NULL;
CREATE INDEX idx_api_keys_expires_at ON api_keys(expires_at);
CREATE INDEX idx_api_keys_deleted_at ON api_keys(deleted_at);
CREATE OR REPLACE FUNCTION update_updated_at_column()
RETURNS TRIGGER AS $$
BEGIN
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END;
$$ language 'plpgsql';
CREATE TRIGGER update_messages_updated_at BEFORE UPDATE ON messages
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_contacts_updated_at BEFORE UPDATE ON contacts
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_templates_updated_at BEFORE UPDATE ON templates
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

INSERT INTO contacts (id, phone, name, profile_picture_url, last_message_at, message_count, unread_count, metadata, created_at, updated_at, deleted_at) VALUES
    ('contact_1', '+15550100101', 'Ada', 'https://files.example.org/ada.jpg', '2026-02-01 12:30:00', 12, 2, '{"vip": true}', '2026-01-01', '2026-01-15', NULL),
    ('contact_2', '15550100102', NULL, NULL, NULL, 0, 0, NULL, '2026-01-02', '2026-01-02', NULL),
    ('contact_3', '15550100103', 'Cy before', NULL, NULL, 3, 0, NULL, '2026-01-03', '2026-01-10', '2026-01-10'),
    ('contact_4', '+15550100103', 'Cy now', NULL, NULL, 0, 0, NULL, '2026-01-11', '2026-01-11', NULL),
    ('contact_5', '+15550100105', 'Deleted Dan', NULL, '2026-02-02 10:00:00', 2, 0, NULL, '2026-01-05', '2026-02-03', '2026-02-03');
INSERT INTO messages (id, phone, direction, type, content, media_url, caption, status, whatsapp_msg_id, error_code, error_message, metadata, created_at, updated_at) VALUES
    ('msg_1', '+15550100101', 'outbound', 'text', 'Hi', NULL, NULL, 'read', 'wamid.1', NULL, NULL, NULL, '2026-02-01 10:00:00', '2026-02-01 10:01:00'),
    ('msg_2', '+15550100101', 'inbound', 'image', NULL, 'https://files.example.org/a.jpg', 'Look', 'delivered', 'wamid.2', NULL, NULL, NULL, '2026-02-01 11:00:00', '2026-02-01 11:00:00'),
    ('msg_3', '+15550100104', 'outbound', 'template', 'Hello Dee', NULL, NULL, 'failed', 'wamid.3', '131026', 'undeliverable', '{"template_name": "hello"}', '2026-02-01 10:00:00', '2026-02-01 10:00:00'),
    ('msg_4', '+15550100105', 'inbound', 'text', 'Delete me please', NULL, NULL, 'read', 'wamid.4', NULL, NULL, NULL, '2026-02-02 10:00:00', '2026-02-02 10:00:00'),
    ('msg_5', '+15550100105', 'outbound', 'text', 'Done', NULL, NULL, 'failed', 'wamid.5', 'WHATSAPP_BUSINESS_ACCOUNT_RATE_LIMIT_REACHED_80007', 'slow down', NULL, '2026-02-02 10:01:00', '2026-02-02 10:01:00');
INSERT INTO templates (id, name, language, category, status, content, parameters, created_at, updated_at, deleted_at) VALUES
    ('tmpl_1', 'hello', 'en', 'MARKETING', 'approved', 'Hello {{1}}', '["name"]', '2026-01-01', '2026-01-05', NULL),
    ('tmpl_2', 'hello_old', 'en', 'MARKETING', 'rejected', 'Old hello', NULL, '2025-01-01', '2025-06-01', '2025-06-01'),
    ('tmpl_3', 'later', 'es', 'UTILITY', 'pending', 'Luego', '[]', '2026-01-01', '2026-01-01', NULL);
INSERT INTO api_keys (id, key_hash, name, permissions, rate_limit, last_used_at, created_at, expires_at, deleted_at) VALUES
    ('key_1', '$2b$04$IePYeAnxGHkABYvlluh95.McvN/xrQbxKIcPCE4li.J3M76v75nq2', 'website', '["send_messages"]', 50, '2026-02-01', '2025-01-01', '2031-01-01', NULL),
    ('key_2', '$2b$04$jksvXSAboHGnummitumBiuQTHm9RliQoC34yW7Vp/8aaQKXuIaW4i', 'old', NULL, NULL, NULL, '2024-01-01', '2025-01-01', NULL),
    ('key_3', '$2b$04$ZbZcDyqnWpVNNj9msHhA4.Bd8a.HL4/ayGnUTPoUiVpM9jeyRfirS', 'revoked', NULL, 1000, NULL, '2024-02-01', NULL, '2024-06-01'),
    ('key_4', 'plain', 'unreadable', NULL, 1000, NULL, '2024-03-01', NULL, NULL);
