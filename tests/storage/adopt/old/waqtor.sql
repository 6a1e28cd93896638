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

INSERT INTO users (id, email, password_hash, name, role, is_active, last_login_at) VALUES
    ('00000000-0000-4000-8000-000000000001', 'Owner@Example.org', '$2b$04$fakefakefakefakefakefu', 'Owner', 'admin', true, '2026-03-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000002', 'other@example.org', '$2b$04$fakefakefakefakefakefu', 'Other', 'viewer', false, NULL);
INSERT INTO whatsapp_sessions (id, user_id, session_name, status, phone_number, session_data, qr_code) VALUES
    ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', 'main', 'ready', '+15550100000', 'secret', 'qr');
INSERT INTO recipients (id, user_id, phone_number, name, email, custom_fields, status, created_at) VALUES
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000001', '15550100101', 'Ada', 'ada@example.org', '{"part": "alto", "seat": 4}', 'active', '2026-01-01'),
    ('00000000-0000-4000-8000-000000000102', '00000000-0000-4000-8000-000000000001', '+15550100102', 'Bo', NULL, NULL, 'blocked', '2026-01-02'),
    ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-000000000001', '15550100103@c.us', NULL, NULL, '["odd"]', 'active', '2026-01-03'),
    ('00000000-0000-4000-8000-000000000104', '00000000-0000-4000-8000-000000000001', '1 (555) 010-0103', 'Cy', NULL, '{}', 'active', '2026-01-04'),
    ('00000000-0000-4000-8000-000000000105', '00000000-0000-4000-8000-000000000001', 'abc', 'Broken', NULL, NULL, 'invalid', '2026-01-05'),
    ('00000000-0000-4000-8000-000000000109', '00000000-0000-4000-8000-000000000002', '+15550100109', 'Not ours', NULL, NULL, 'active', '2026-01-05');
INSERT INTO groups (id, user_id, name, description) VALUES
    ('00000000-0000-4000-8000-000000000201', '00000000-0000-4000-8000-000000000001', 'Choir', 'who sings'),
    ('00000000-0000-4000-8000-000000000202', '00000000-0000-4000-8000-000000000002', 'Not ours', NULL);
INSERT INTO recipient_groups (recipient_id, group_id) VALUES
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000201'),
    ('00000000-0000-4000-8000-000000000102', '00000000-0000-4000-8000-000000000201'),
    ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-000000000201'),
    ('00000000-0000-4000-8000-000000000104', '00000000-0000-4000-8000-000000000201');
INSERT INTO messages (id, user_id, session_id, message_id, phone_number, message_text, media_url, media_type, status, ack_status, error_message, metadata, created_at) VALUES
    ('00000000-0000-4000-8000-000000000301', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000011', 'true_1@c.us_A', '15550100101', 'Hi', NULL, NULL, 'sent', 3, NULL, NULL, '2026-02-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000302', '00000000-0000-4000-8000-000000000001', NULL, NULL, '15550100102', 'Waiting', NULL, NULL, 'pending', 0, NULL, NULL, '2026-02-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000303', '00000000-0000-4000-8000-000000000001', NULL, 'x', '15550100103', NULL, 'https://files.example.org/a.jpg', 'image', 'failed', -1, 'no route', '{"tries": 2}', '2026-02-01 10:00:00'),
    ('00000000-0000-4000-8000-000000000304', '00000000-0000-4000-8000-000000000001', NULL, 'false_1@c.us_B', '15550100101', 'Hello back', NULL, NULL, 'read', 4, NULL, '{"fromMe": false}', '2026-02-01 11:00:00'),
    ('00000000-0000-4000-8000-000000000309', '00000000-0000-4000-8000-000000000002', NULL, 'y', '+15550100109', 'Not ours', NULL, NULL, 'sent', 1, NULL, NULL, '2026-02-01 10:00:00');
INSERT INTO campaigns (id, user_id, session_id, name, message_template, status, total_recipients, sent_count, failed_count, scheduled_at, started_at, completed_at) VALUES
    ('00000000-0000-4000-8000-000000000401', '00000000-0000-4000-8000-000000000001', NULL, 'Done', 'Hi {{name}}', 'completed', 3, 2, 1, NULL, '2026-02-01 10:00:00', '2026-02-01 10:05:00'),
    ('00000000-0000-4000-8000-000000000402', '00000000-0000-4000-8000-000000000001', NULL, 'Missed', 'Hi {{name}}', 'scheduled', 0, 0, 0, '2026-02-03 10:00:00', NULL, NULL),
    ('00000000-0000-4000-8000-000000000403', '00000000-0000-4000-8000-000000000001', NULL, 'To come', 'Hi {{name}}', 'scheduled', 0, 0, 0, '2030-02-03 10:00:00', NULL, NULL);
