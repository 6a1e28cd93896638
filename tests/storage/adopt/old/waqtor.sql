CREATE TABLE users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email VARCHAR(255) UNIQUE NOT NULL,
    password_hash VARCHAR(255) NOT NULL, name VARCHAR(255), role VARCHAR(50) DEFAULT 'user',
    is_active BOOLEAN DEFAULT true, last_login_at TIMESTAMP, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE whatsapp_sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    session_name VARCHAR(255) NOT NULL, status VARCHAR(50) DEFAULT 'disconnected', phone_number VARCHAR(50),
    session_data TEXT, qr_code TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE(user_id, session_name)
);
CREATE TABLE messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    session_id UUID REFERENCES whatsapp_sessions(id) ON DELETE SET NULL, message_id VARCHAR(255),
    phone_number VARCHAR(50) NOT NULL, message_text TEXT, media_url TEXT, media_type VARCHAR(50),
    status VARCHAR(50) DEFAULT 'pending', ack_status INTEGER DEFAULT 0, error_message TEXT, metadata JSONB,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE campaigns (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    session_id UUID REFERENCES whatsapp_sessions(id) ON DELETE SET NULL, name VARCHAR(255) NOT NULL,
    message_template TEXT NOT NULL, status VARCHAR(50) DEFAULT 'draft', total_recipients INTEGER DEFAULT 0,
    sent_count INTEGER DEFAULT 0, failed_count INTEGER DEFAULT 0, scheduled_at TIMESTAMP, started_at TIMESTAMP,
    completed_at TIMESTAMP, metadata JSONB, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE recipients (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    phone_number VARCHAR(50) NOT NULL, name VARCHAR(255), email VARCHAR(255), custom_fields JSONB,
    status VARCHAR(50) DEFAULT 'active', created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE(user_id, phone_number)
);
CREATE TABLE groups (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name VARCHAR(255) NOT NULL, description TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE(user_id, name)
);
CREATE TABLE recipient_groups (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    recipient_id UUID NOT NULL REFERENCES recipients(id) ON DELETE CASCADE,
    group_id UUID NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE(recipient_id, group_id)
);
CREATE INDEX idx_users_email ON users(email);
CREATE INDEX idx_users_role ON users(role);
CREATE INDEX idx_users_is_active ON users(is_active);
CREATE INDEX idx_sessions_user_id ON whatsapp_sessions(user_id);
CREATE INDEX idx_sessions_status ON whatsapp_sessions(status);
CREATE INDEX idx_sessions_phone ON whatsapp_sessions(phone_number);
CREATE INDEX idx_messages_user_id ON messages(user_id);
CREATE INDEX idx_messages_session_id ON messages(session_id);
CREATE INDEX idx_messages_phone ON messages(phone_number);
CREATE INDEX idx_messages_status ON messages(status);
CREATE INDEX idx_messages_created_at ON messages(created_at);
CREATE INDEX idx_campaigns_user_id ON campaigns(user_id);
CREATE INDEX idx_campaigns_status ON campaigns(status);
CREATE INDEX idx_campaigns_scheduled_at ON campaigns(scheduled_at);
CREATE INDEX idx_recipients_user_id ON recipients(user_id);
CREATE INDEX idx_recipients_phone ON recipients(phone_number);
CREATE INDEX idx_recipients_status ON recipients(status);
CREATE INDEX idx_groups_user_id ON groups(user_id);
CREATE INDEX idx_recipient_groups_recipient ON recipient_groups(recipient_id);
CREATE INDEX idx_recipient_groups_group ON recipient_groups(group_id);

INSERT INTO users (id, email, password_hash, name, role, is_active, last_login_at, created_at, updated_at) VALUES
    ('00000000-0000-4000-8000-000000000001', 'Owner@Example.org', '$2b$04$fVoLgc4QhkWpHvaErXhs2Om3.5Dabm2oC.qWk1HbEzS1MmXC2EplS', 'Owner', 'admin', true, '2026-03-01 10:00:00', '2025-01-01 10:00:00', '2025-06-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000002', 'other@example.org', '$2b$04$fVoLgc4QhkWpHvaErXhs2Om3.5Dabm2oC.qWk1HbEzS1MmXC2EplS', 'Other', 'viewer', false, NULL, '2025-02-01 10:00:00', '2025-02-01 10:00:00');
INSERT INTO whatsapp_sessions (id, user_id, session_name, status, phone_number, session_data, qr_code, created_at, updated_at) VALUES
    ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', 'main', 'ready', '+15550100000', 'secret', 'qr', '2025-01-02 10:00:00', '2025-06-02 10:00:00'),
    ('00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000002', 'main', 'disconnected', NULL, NULL, NULL, '2025-02-02 10:00:00', '2025-02-02 10:00:00');
INSERT INTO recipients (id, user_id, phone_number, name, email, custom_fields, status, created_at, updated_at) VALUES
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000001', '15550100101', 'Ada', 'ada@example.org', '{"part": "alto", "seat": 4}', 'active', '2026-01-01', '2026-02-01'),
    ('00000000-0000-4000-8000-000000000102', '00000000-0000-4000-8000-000000000001', '+15550100102', 'Bo', NULL, NULL, 'blocked', '2026-01-02', '2026-01-02'),
    ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-000000000001', '15550100103@c.us', NULL, NULL, '["odd"]', 'active', '2026-01-03', '2026-01-03'),
    ('00000000-0000-4000-8000-000000000104', '00000000-0000-4000-8000-000000000001', '1 (555) 010-0103', 'Cy', NULL, '{}', 'active', '2026-01-04', '2026-01-04'),
    ('00000000-0000-4000-8000-000000000105', '00000000-0000-4000-8000-000000000001', 'abc', 'Broken', NULL, NULL, 'invalid', '2026-01-05', '2026-01-05'),
    ('00000000-0000-4000-8000-000000000106', '00000000-0000-4000-8000-000000000001', '+15550100106', 'Eve', NULL, NULL, 'Unsubscribed', '2026-01-06', '2026-02-06'),
    ('00000000-0000-4000-8000-000000000107', '00000000-0000-4000-8000-000000000001', '+15550100107', 'Fay', NULL, NULL, 'complained', '2026-01-07', '2026-01-07'),
    ('00000000-0000-4000-8000-000000000109', '00000000-0000-4000-8000-000000000002', '+15550100109', 'Not ours', NULL, NULL, 'active', '2026-01-05', '2026-01-05');
INSERT INTO groups (id, user_id, name, description, created_at) VALUES
    ('00000000-0000-4000-8000-000000000201', '00000000-0000-4000-8000-000000000001', 'Choir', 'who sings', '2026-01-10'),
    ('00000000-0000-4000-8000-000000000202', '00000000-0000-4000-8000-000000000002', 'Not ours', NULL, '2026-01-11'),
    ('00000000-0000-4000-8000-000000000203', '00000000-0000-4000-8000-000000000001', 'choir', 'who hums', '2026-01-12'),
    ('00000000-0000-4000-8000-000000000204', '00000000-0000-4000-8000-000000000001', 'Community', 'the board', '2026-01-13');
INSERT INTO recipient_groups (recipient_id, group_id, created_at) VALUES
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000201', '2026-01-20'),
    ('00000000-0000-4000-8000-000000000102', '00000000-0000-4000-8000-000000000201', '2026-01-21'),
    ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-000000000201', '2026-01-22'),
    ('00000000-0000-4000-8000-000000000104', '00000000-0000-4000-8000-000000000201', '2026-01-23'),
    ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-000000000203', '2026-01-24'),
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000204', '2026-01-25'),
    ('00000000-0000-4000-8000-000000000109', '00000000-0000-4000-8000-000000000201', '2026-01-26');
INSERT INTO messages (id, user_id, session_id, message_id, phone_number, message_text, media_url, media_type, status, ack_status, error_message, metadata, created_at, updated_at) VALUES
    ('00000000-0000-4000-8000-000000000301', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000011', 'true_1@c.us_A', '15550100101', 'Hi', NULL, NULL, 'sent', 3, NULL, NULL, '2026-02-01 10:00:00', '2026-02-01 10:05:00'),
    ('00000000-0000-4000-8000-000000000302', '00000000-0000-4000-8000-000000000001', NULL, NULL, '15550100102', 'Waiting', NULL, NULL, 'pending', 0, NULL, NULL, '2026-02-01 10:00:00', '2026-02-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000303', '00000000-0000-4000-8000-000000000001', NULL, 'x', '15550100103', NULL, 'https://files.example.org/a.jpg', 'image', 'failed', -1, 'no route', '{"tries": 2}', '2026-02-01 10:00:00', '2026-02-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000304', '00000000-0000-4000-8000-000000000001', NULL, 'false_1@c.us_B', '15550100101', 'Hello back', NULL, NULL, 'read', 4, NULL, '{"fromMe": false}', '2026-02-01 11:00:00', '2026-02-01 11:00:00'),
    ('00000000-0000-4000-8000-000000000305', '00000000-0000-4000-8000-000000000001', NULL, 'false_1@c.us_C', '15550100101', 'When was this?', NULL, NULL, 'read', 4, NULL, '{"fromMe": false}', NULL, NULL),
    ('00000000-0000-4000-8000-000000000306', '00000000-0000-4000-8000-000000000001', NULL, 'true_1@c.us_D', '15550100101', 'Odd', NULL, NULL, 'beamed', 9, NULL, NULL, '2026-02-01 12:00:00', '2026-02-01 12:00:00'),
    ('00000000-0000-4000-8000-000000000309', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000012', 'y', '+15550100109', 'Not ours', NULL, NULL, 'sent', 1, NULL, NULL, '2026-02-01 10:00:00', '2026-02-01 10:00:00');
INSERT INTO campaigns (id, user_id, session_id, name, message_template, status, total_recipients, sent_count, failed_count, scheduled_at, started_at, completed_at, metadata, created_at) VALUES
    ('00000000-0000-4000-8000-000000000401', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000011', 'Done', 'Hi {{name}}', 'completed', 3, 2, 1, NULL, '2026-02-01 10:00:00', '2026-02-01 10:05:00', '{"colour": "red"}', '2026-01-31 10:00:00'),
    ('00000000-0000-4000-8000-000000000402', '00000000-0000-4000-8000-000000000001', NULL, 'Missed', 'Hi {{name}}', 'scheduled', 0, 0, 0, '2026-02-03 10:00:00', NULL, NULL, NULL, '2026-02-01 11:00:00'),
    ('00000000-0000-4000-8000-000000000403', '00000000-0000-4000-8000-000000000001', NULL, 'To come', 'Hi {{name}}', 'scheduled', 0, 0, 0, '2030-02-03 10:00:00', NULL, NULL, NULL, '2026-02-02 11:00:00'),
    ('00000000-0000-4000-8000-000000000404', '00000000-0000-4000-8000-000000000002', NULL, 'Not ours', 'Not ours', 'completed', 0, 0, 0, NULL, NULL, NULL, NULL, '2026-02-02 11:00:00');
