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
    id VARCHAR(255) PRIMARY KEY, phone VARCHAR(20) NOT NULL, name VARCHAR(255), profile_picture_url TEXT,
    last_message_at TIMESTAMP, message_count INTEGER DEFAULT 0, unread_count INTEGER DEFAULT 0, metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX idx_contacts_phone ON contacts(phone) WHERE deleted_at IS NULL;
CREATE TABLE templates (
    id VARCHAR(255) PRIMARY KEY, name VARCHAR(255) NOT NULL, language VARCHAR(10) NOT NULL,
    category VARCHAR(50) NOT NULL, status VARCHAR(20) NOT NULL CHECK (status IN ('approved', 'pending', 'rejected')),
    content TEXT NOT NULL, parameters JSONB, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, deleted_at TIMESTAMP
);
CREATE TABLE api_keys (
    id VARCHAR(255) PRIMARY KEY, key_hash VARCHAR(255) UNIQUE NOT NULL, name VARCHAR(255) NOT NULL, permissions JSONB,
    rate_limit INTEGER DEFAULT 1000, last_used_at TIMESTAMP, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at TIMESTAMP, deleted_at TIMESTAMP
);

INSERT INTO contacts (id, phone, name, profile_picture_url, last_message_at, message_count, unread_count, metadata, created_at, deleted_at) VALUES
    ('contact_1', '+15550100101', 'Ada', 'https://files.example.org/ada.jpg', '2026-02-01 11:00:00', 12, 2, '{"vip": true}', '2026-01-01', NULL),
    ('contact_2', '15550100102', NULL, NULL, NULL, 0, 0, NULL, '2026-01-02', NULL),
    ('contact_3', '+15550100103', 'Cy before', NULL, NULL, 3, 0, NULL, '2026-01-03', '2026-01-10'),
    ('contact_4', '+15550100103', 'Cy now', NULL, NULL, 0, 0, NULL, '2026-01-11', NULL);
INSERT INTO messages (id, phone, direction, type, content, media_url, caption, status, whatsapp_msg_id, error_code, error_message, metadata, created_at) VALUES
    ('msg_1', '+15550100101', 'outbound', 'text', 'Hi', NULL, NULL, 'read', 'wamid.1', NULL, NULL, NULL, '2026-02-01 10:00:00'),
    ('msg_2', '+15550100101', 'inbound', 'image', NULL, 'https://files.example.org/a.jpg', 'Look', 'delivered', 'wamid.2', NULL, NULL, NULL, '2026-02-01 11:00:00'),
    ('msg_3', '+15550100104', 'outbound', 'template', 'Hello Dee', NULL, NULL, 'failed', 'wamid.3', '131026', 'undeliverable', '{"template_name": "hello"}', '2026-02-01 10:00:00');
INSERT INTO templates (id, name, language, category, status, content, parameters, created_at, deleted_at) VALUES
    ('tmpl_1', 'hello', 'en', 'MARKETING', 'approved', 'Hello {{1}}', '["name"]', '2026-01-01', NULL),
    ('tmpl_2', 'hello', 'en', 'MARKETING', 'rejected', 'Old hello', NULL, '2025-01-01', '2025-06-01'),
    ('tmpl_3', 'later', 'es', 'UTILITY', 'pending', 'Luego', '[]', '2026-01-01', NULL);
INSERT INTO api_keys (id, key_hash, name, permissions, rate_limit, last_used_at, expires_at) VALUES
    ('key_1', '$2b$04$fakefakefakefakefakefuA', 'website', '["send_messages"]', 50, '2026-02-01', '2031-01-01'),
    ('key_2', '$2b$04$fakefakefakefakefakefuB', 'old', NULL, NULL, NULL, '2025-01-01');
