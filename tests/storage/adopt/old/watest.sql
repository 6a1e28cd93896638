CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL UNIQUE,
    name TEXT,
    status TEXT NOT NULL DEFAULT 'active',
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    updated_at TEXT NOT NULL DEFAULT (datetime('now'))
);
CREATE INDEX idx_contacts_phone ON contacts(phone);
CREATE INDEX idx_contacts_status ON contacts(status);
CREATE INDEX idx_contacts_created_at ON contacts(created_at);
CREATE TABLE vehicles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    make TEXT NOT NULL,
    model TEXT NOT NULL,
    year INTEGER NOT NULL,
    price REAL,
    link TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    updated_at TEXT NOT NULL DEFAULT (datetime('now'))
);
CREATE INDEX idx_vehicles_contact_id ON vehicles(contact_id);
CREATE INDEX idx_vehicles_make ON vehicles(make);
CREATE INDEX idx_vehicles_year ON vehicles(year);
CREATE TABLE opt_outs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL UNIQUE,
    opted_out_at TEXT NOT NULL DEFAULT (datetime('now')),
    reason TEXT
);
CREATE INDEX idx_opt_outs_phone ON opt_outs(phone);
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'draft',
    message_template TEXT,
    started_at TEXT,
    completed_at TEXT,
    total_recipients INTEGER DEFAULT 0,
    sent_count INTEGER DEFAULT 0,
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    type TEXT NOT NULL DEFAULT 'twilio_template',
    scheduled_at TEXT,
    updated_at TEXT NOT NULL DEFAULT '2026-01-11 00:01:16',
    content_sid TEXT,
    filters TEXT,
    paused_at TEXT,
    failed_at TEXT,
    error_message TEXT
);
CREATE INDEX idx_campaigns_status ON campaigns(status);
CREATE INDEX idx_campaigns_created_at ON campaigns(created_at);
CREATE INDEX idx_campaigns_type ON campaigns(type);
CREATE INDEX idx_campaigns_scheduled_at ON campaigns(scheduled_at);
CREATE TABLE campaign_recipients (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id INTEGER NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    phone TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    message_sid TEXT,
    sent_at TEXT,
    error_message TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);
CREATE INDEX idx_campaign_recipients_campaign_id ON campaign_recipients(campaign_id);
CREATE INDEX idx_campaign_recipients_contact_id ON campaign_recipients(contact_id);
CREATE INDEX idx_campaign_recipients_status ON campaign_recipients(status);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    direction TEXT NOT NULL,
    contact_id INTEGER REFERENCES contacts(id) ON DELETE SET NULL,
    campaign_id INTEGER REFERENCES campaigns(id) ON DELETE SET NULL,
    phone TEXT NOT NULL,
    body TEXT,
    message_sid TEXT UNIQUE,
    status TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);
CREATE INDEX idx_messages_direction ON messages(direction);
CREATE INDEX idx_messages_contact_id ON messages(contact_id);
CREATE INDEX idx_messages_campaign_id ON messages(campaign_id);
CREATE INDEX idx_messages_created_at ON messages(created_at);
CREATE INDEX idx_messages_message_sid ON messages(message_sid);
CREATE TRIGGER trg_contacts_updated_at AFTER UPDATE ON contacts
BEGIN UPDATE contacts SET updated_at = datetime('now') WHERE id = NEW.id AND updated_at = OLD.updated_at; END;
CREATE TRIGGER trg_vehicles_updated_at AFTER UPDATE ON vehicles
BEGIN UPDATE vehicles SET updated_at = datetime('now') WHERE id = NEW.id AND updated_at = OLD.updated_at; END;
CREATE TRIGGER trg_campaigns_updated_at AFTER UPDATE ON campaigns
BEGIN UPDATE campaigns SET updated_at = datetime('now') WHERE id = NEW.id AND updated_at = OLD.updated_at; END;

INSERT INTO contacts (id, phone, name, status, created_at, updated_at) VALUES
    (1, '+15550100101', 'Ada', 'active', '2026-01-01 08:00:00', '2026-01-02 08:00:00'),
    (2, 'whatsapp:+15550100102', 'Bo', 'active', '2026-01-01 09:00:00', '2026-01-01 09:00:00'),
    (3, '(555) 010-0103', NULL, 'active', '2026-01-03 08:00:00', '2026-01-03 08:00:00'),
    (4, '1-555-010-0103', 'Cy Lee', 'inactive', '2026-01-04 08:00:00', '2026-01-04 08:00:00'),
    (5, '7.86E+11', 'Rounded', 'active', '2026-01-05 08:00:00', '2026-01-05 08:00:00'),
    (6, '+15550100106', 'Eve', 'opted_out', '2026-01-06 08:00:00', '2026-02-06 08:00:00'),
    (7, '+15550100107', 'Fay', 'active', '2026-01-07 08:00:00', '2026-01-07 08:00:00'),
    (8, '+15550100108', 'Gus', 'prospect', '2026-01-08 08:00:00', '2026-01-08 08:00:00'),
    (9, '+15550100109', 'Hal', 'Blocked', '2026-01-09 08:00:00', '2026-01-09 08:00:00'),
    (10, '+15550100110', 'Ivy', 'INVALID', '2026-01-10 08:00:00', '2026-01-10 08:00:00');
INSERT INTO vehicles (id, contact_id, make, model, year, price, link, created_at, updated_at) VALUES
    (1, 1, 'Toyota', 'Corolla', 2019, 15500.5, 'https://cars.example.org/1', '2026-01-01 08:01:00', '2026-01-02 08:01:00'),
    (2, 1, 'Kia', 'Rio', 2015, NULL, NULL, '2026-01-01 08:02:00', '2026-01-01 08:02:00'),
    (3, 4, 'Toyota', 'Yaris', 2021, NULL, NULL, '2026-01-04 08:01:00', '2026-01-04 08:01:00'),
    (4, 99, 'Ford', 'Ka', 2001, NULL, NULL, '2026-01-04 08:02:00', '2026-01-04 08:02:00');
INSERT INTO opt_outs (id, phone, opted_out_at, reason) VALUES
    (1, '+15550100107', '2026-02-01 10:00:00', 'STOP'),
    (2, 'whatsapp:+1 555 010 0107', '2026-03-01 10:00:00', 'STOP again'),
    (3, '+15550100199', '2026-02-02 10:00:00', NULL),
    (4, 'nobody', '2026-02-03 10:00:00', NULL);
INSERT INTO campaigns (id, name, status, message_template, scheduled_at, started_at, completed_at, paused_at, failed_at, error_message, filters, type, content_sid, total_recipients, sent_count, created_at, updated_at) VALUES
    (1, 'January', 'completed', 'Hi {{name}}', NULL, '2026-01-15 09:00:00', '2026-01-15 09:05:00', NULL, NULL, NULL, NULL, 'text', NULL, 3, 2, '2026-01-14 09:00:00', '2026-01-15 09:05:01'),
    (2, 'Half sent', 'running', 'Half {{name}}', NULL, '2026-04-01 09:00:00', NULL, NULL, NULL, NULL, '{"make": "Toyota"}', 'text', NULL, 2, 1, '2026-03-31 09:00:00', '2026-04-01 09:00:01'),
    (3, 'Toyotas', 'scheduled', 'A Toyota day, {{name}}', '2030-01-01 09:00:00', NULL, NULL, NULL, NULL, NULL, '{"make": "Toyota", "year_min": 2018}', 'text', NULL, 0, 0, '2026-04-02 09:00:00', '2026-04-02 09:00:01'),
    (4, 'Too late', 'scheduled', 'Late', '2026-01-01 09:00:00', NULL, NULL, NULL, NULL, NULL, NULL, 'text', NULL, 0, 0, '2025-12-01 09:00:00', '2025-12-01 09:00:01'),
    (5, 'Odd', 'scheduled', 'Odd', '2030-01-01 09:00:00', NULL, NULL, NULL, NULL, NULL, '{"mood": "blue"}', 'text', NULL, 0, 0, '2026-04-03 09:00:00', '2026-04-03 09:00:01'),
    (6, 'Template', 'draft', 'Hello {{1}}', NULL, NULL, NULL, NULL, NULL, NULL, '{broken', 'twilio_template', 'HX00000000000000000000000000000001', 0, 0, '2026-04-04 09:00:00', '2026-01-11 00:01:16'),
    (7, 'Resting', 'paused', 'Rest', NULL, '2026-04-05 09:00:00', NULL, '2026-04-05 09:01:00', NULL, NULL, NULL, 'text', NULL, 5, 2, '2026-04-05 08:00:00', '2026-04-05 09:01:00'),
    (8, 'Broke', 'failed', 'Broke', NULL, '2026-02-02 09:00:00', NULL, NULL, '2026-02-02 09:30:00', 'the provider was down', NULL, 'text', NULL, 1, 0, '2026-02-02 08:00:00', '2026-02-02 09:30:00'),
    (9, 'Shelved', 'archived', 'Old news', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'text', NULL, 0, 0, '2026-02-03 08:00:00', '2026-02-03 08:00:00');
INSERT INTO campaign_recipients (id, campaign_id, contact_id, phone, status, message_sid, sent_at, error_message, created_at) VALUES
    (1, 1, 1, '+15550100101', 'delivered', 'SM1', '2026-01-15 09:01:00', NULL, '2026-01-15 09:00:00'),
    (2, 1, 2, 'whatsapp:+15550100102', 'sent', 'SM2', '2026-01-15 09:02:00', NULL, '2026-01-15 09:00:00'),
    (3, 1, 7, '+15550100107', 'skipped', NULL, NULL, 'opted out', '2026-01-15 09:00:00'),
    (4, 2, 1, '+15550100101', 'sent', 'SM3', '2026-04-01 09:00:01', NULL, '2026-04-01 09:00:00'),
    (5, 2, 3, '(555) 010-0103', 'pending', NULL, NULL, NULL, '2026-04-01 09:00:00'),
    (6, 77, 1, '+15550100101', 'sent', 'SM9', '2026-04-01 09:00:01', NULL, '2026-04-01 09:00:00'),
    (7, 8, 1, '+15550100101', 'failed', 'SM7', NULL, 'unreachable', '2026-02-02 09:10:00'),
    (8, 2, 7, '+15550100107', 'on the way', NULL, NULL, NULL, '2026-04-01 09:00:00');
INSERT INTO messages (id, direction, contact_id, campaign_id, phone, body, message_sid, status, created_at) VALUES
    (1, 'outbound', 1, 1, '+15550100101', 'Hi Ada', 'SM1', 'delivered', '2026-01-15 09:01:00'),
    (2, 'inbound', 1, NULL, 'whatsapp:+15550100101', 'Thanks!', 'SM4', 'received', '2026-01-15 09:02:00'),
    (3, 'inbound', NULL, NULL, '+15550100111', 'Who is this?', 'SM5', NULL, '2026-01-16 09:02:00'),
    (4, 'outbound', 5, NULL, '7.86E+11', 'lost', 'SM6', 'failed', '2026-01-16 09:02:00'),
    (5, 'outbound', 2, NULL, '+15550100102', 'Odd', 'SM8', 'teleported', '2026-01-17 09:02:00'),
    (6, 'sideways', 2, NULL, '+15550100102', 'Odder', 'SM10', 'sent', '2026-01-17 09:03:00');
