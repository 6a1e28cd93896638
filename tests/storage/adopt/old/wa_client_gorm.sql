CREATE TABLE messages (
    id varchar(255), phone varchar(20) NOT NULL, direction varchar(10) NOT NULL, type varchar(20) NOT NULL, content text,
    media_url text, caption text, status varchar(20) NOT NULL, whats_app_msg_id varchar(255), error_code varchar(50),
    error_message text, metadata jsonb, created_at timestamptz, updated_at timestamptz, PRIMARY KEY (id)
);
CREATE INDEX idx_messages_phone ON messages(phone);
CREATE INDEX idx_messages_status ON messages(status);
CREATE INDEX idx_messages_whats_app_msg_id ON messages(whats_app_msg_id);
CREATE TABLE contacts (
    id varchar(255), phone varchar(20) NOT NULL, name varchar(255), profile_picture_url text, last_message_at timestamptz,
    message_count bigint DEFAULT 0, unread_count bigint DEFAULT 0, metadata jsonb, created_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz, PRIMARY KEY (id)
);
CREATE UNIQUE INDEX idx_contacts_phone ON contacts(phone);
CREATE INDEX idx_contacts_last_message_at ON contacts(last_message_at);
CREATE INDEX idx_contacts_deleted_at ON contacts(deleted_at);
CREATE TABLE templates (
    id varchar(255), name varchar(255) NOT NULL, language varchar(10) NOT NULL, category varchar(50) NOT NULL,
    status varchar(20) NOT NULL, content text NOT NULL, parameters jsonb, created_at timestamptz, updated_at timestamptz,
    deleted_at timestamptz, PRIMARY KEY (id)
);
CREATE UNIQUE INDEX idx_templates_name ON templates(name);
CREATE INDEX idx_templates_deleted_at ON templates(deleted_at);
CREATE TABLE api_keys (
    id varchar(255), key_hash varchar(255) NOT NULL, name varchar(255) NOT NULL, permissions jsonb,
    rate_limit bigint DEFAULT 1000, last_used_at timestamptz, created_at timestamptz, expires_at timestamptz,
    deleted_at timestamptz, PRIMARY KEY (id)
);
CREATE UNIQUE INDEX idx_api_keys_key_hash ON api_keys(key_hash);
CREATE INDEX idx_api_keys_deleted_at ON api_keys(deleted_at);

INSERT INTO contacts (id, phone, name, created_at) VALUES ('contact_1', '+15550100101', 'Ada', '2026-01-01 10:00:00+02');
INSERT INTO messages (id, phone, direction, type, content, status, whats_app_msg_id, created_at) VALUES
    ('msg_1', '+15550100101', 'inbound', 'text', 'Hi', 'read', 'wamid.1', '2026-02-01 12:00:00+02'),
    ('msg_2', '+15550100101', 'outbound', 'sticker', 'Hi', 'queued', 'wamid.2', NULL);
INSERT INTO templates (id, name, language, category, status, content) VALUES
    ('tmpl_1', 'hello', 'en', 'MARKETING', 'PAUSED', 'Hello');
INSERT INTO api_keys (id, key_hash, name, rate_limit) VALUES
    ('key_1', '$2b$04$IePYeAnxGHkABYvlluh95.McvN/xrQbxKIcPCE4li.J3M76v75nq2', 'website', 0);
