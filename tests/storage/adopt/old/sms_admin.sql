CREATE TABLE app_users (
    id INTEGER NOT NULL PRIMARY KEY, username VARCHAR(80) NOT NULL UNIQUE, password_hash VARCHAR(255) NOT NULL,
    role VARCHAR(30) NOT NULL, must_change_password BOOLEAN NOT NULL, created_at DATETIME
);
CREATE TABLE community_members (
    id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100), phone VARCHAR(20) NOT NULL UNIQUE, created_at DATETIME
);
CREATE TABLE events (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL, date DATE, created_at DATETIME);
CREATE TABLE event_registrations (
    id INTEGER NOT NULL PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events (id), name VARCHAR(100),
    phone VARCHAR(20) NOT NULL, created_at DATETIME, CONSTRAINT unique_event_phone UNIQUE (event_id, phone)
);
CREATE TABLE survey_flows (
    id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(120) NOT NULL UNIQUE, trigger_keyword VARCHAR(40) NOT NULL UNIQUE,
    intro_message TEXT, questions_json TEXT NOT NULL, completion_message TEXT,
    linked_event_id INTEGER REFERENCES events (id), is_active BOOLEAN NOT NULL, start_count INTEGER NOT NULL,
    completion_count INTEGER NOT NULL, created_at DATETIME, updated_at DATETIME
);
CREATE INDEX ix_survey_flows_linked_event_id ON survey_flows (linked_event_id);
CREATE TABLE unsubscribed_contacts (
    id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100), phone VARCHAR(20) NOT NULL UNIQUE, reason TEXT,
    source VARCHAR(50) NOT NULL, created_at DATETIME
);
CREATE TABLE message_logs (
    id INTEGER NOT NULL PRIMARY KEY, created_at DATETIME, message_body TEXT NOT NULL, target VARCHAR(20) NOT NULL,
    event_id INTEGER REFERENCES events (id), status VARCHAR(20), total_recipients INTEGER, success_count INTEGER,
    failure_count INTEGER, details TEXT
);
CREATE TABLE suppressed_contacts (
    id INTEGER NOT NULL PRIMARY KEY, phone VARCHAR(20) NOT NULL UNIQUE, reason TEXT, category VARCHAR(20) NOT NULL,
    source VARCHAR(50), source_type VARCHAR(50), source_message_log_id INTEGER REFERENCES message_logs (id),
    created_at DATETIME, updated_at DATETIME
);
CREATE TABLE scheduled_messages (
    id INTEGER NOT NULL PRIMARY KEY, created_at DATETIME, scheduled_at DATETIME NOT NULL, message_body TEXT NOT NULL,
    target VARCHAR(20) NOT NULL, event_id INTEGER REFERENCES events (id), status VARCHAR(20), test_mode BOOLEAN,
    processing_started_at DATETIME, sent_at DATETIME, error_message TEXT,
    message_log_id INTEGER REFERENCES message_logs (id)
);
CREATE TABLE login_attempts (
    id INTEGER NOT NULL PRIMARY KEY, client_ip VARCHAR(45) NOT NULL, attempt_count INTEGER NOT NULL,
    first_attempt_at DATETIME NOT NULL, locked_until DATETIME
);
CREATE INDEX ix_login_attempts_client_ip ON login_attempts (client_ip);
CREATE TABLE schema_migrations (version VARCHAR(50) PRIMARY KEY);
CREATE TABLE schema_migration_lock (id INTEGER NOT NULL PRIMARY KEY, locked_at DATETIME);

INSERT INTO app_users VALUES
    (1, 'boss', 'pbkdf2:sha256:1000$Nf3kQ9xT$1c5ef2435da37c762080203775ed896180c72c093594b4e3b5fe4ef51d88b856', 'admin', 0, '2026-01-01 00:00:00.000000'),
    (2, 'social', 'scrypt:1024:8:1$pL5vJ8sD$d1461b8729bb97673c7065345142faa141e312ba3600934e2b27694c1c72f9c0f2b5883c3c9c094df97deb58eed975418f1756213ceaf50619e848bc7e5af7fe', 'social_manager', 1, '2026-01-02 00:00:00.000000'),
    (3, 'odd', 'x', 'emperor', 0, NULL),
    (4, 'ancient', 'md5$salt$5f4dcc3b5aa765d61d8327deb882cf99', 'Admin', 0, '2020-01-01 00:00:00.000000');
INSERT INTO community_members VALUES
    (1, 'Ada', '+15550100101', '2026-01-01 00:00:00.000000'),
    (2, NULL, '+15550100102', '2026-01-02 00:00:00.000000'),
    (3, 'Cy', '555-010-0103', '2026-01-03 00:00:00.000000'),
    (4, 'Fay', '+15550100107', '2026-01-04 00:00:00.000000'),
    (5, 'Broken', '12', NULL);
INSERT INTO events VALUES
    (3, 'Spring Gala', '2027-05-13', '2026-01-01 00:00:00.000000'),
    (5, 'Picnic', NULL, '2026-01-02 00:00:00.000000');
INSERT INTO event_registrations VALUES
    (1, 3, 'Ada L.', '+15550100101', '2026-02-01 00:00:00.000000'),
    (2, 3, NULL, '+1 555 010 0101', '2026-02-02 00:00:00.000000'),
    (3, 3, 'Dee', '+15550100104', '2026-02-03 00:00:00.000000'),
    (4, 9, 'Gone', '+15550100104', '2026-02-04 00:00:00.000000');
INSERT INTO survey_flows VALUES
    (1, 'Volunteers', 'HELPER', 'Welcome!', '["What is your name?", "Which day?"]', 'Thank you!', 3, 1, 7, 4,
     '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000'),
    (2, 'Resting', 'REST', NULL, '["Why?"]', NULL, NULL, 0, 0, 0, NULL, NULL),
    (3, 'Broken', 'BROKEN', NULL, '{not json', NULL, NULL, 1, 0, 0, NULL, NULL),
    (4, 'Sign up for tenors', 'JOIN', 'Sing with us', '["Which part?"]', NULL, NULL, 1, 12, 9, NULL, NULL),
    (5, 'Gala feedback', 'SPRINGGALA3', NULL, '["How was it?"]', NULL, NULL, 1, 2, 1, NULL, NULL),
    (6, 'Empty', 'EMPTY', 'Just this', '[]', 'Bye', NULL, 1, 0, 0, NULL, NULL);
INSERT INTO unsubscribed_contacts VALUES
    (1, 'Fay', '+15550100107', 'texted STOP', 'inbound', '2026-02-01 00:00:00.000000'),
    (2, 'Dee', '+15550100104', NULL, 'event:3', '2026-02-02 00:00:00.000000'),
    (3, NULL, '+15550100108', 'list of 2025', 'import', '2026-02-03 00:00:00.000000'),
    (4, NULL, '+15550100109', NULL, 'event:44', '2026-02-04 00:00:00.000000');
INSERT INTO message_logs VALUES
    (1, '2026-03-01 12:00:00.000000', 'Hello all', 'community', NULL, 'sent', 3, 2, 1,
     '[{"phone": "+15550100101", "name": "Ada", "success": true, "error": null}, {"phone": "555-010-0103", "name": "Cy", "success": true, "error": null}, {"phone": "+15550100102", "name": null, "success": false, "error": "Invalid number"}, {"phone": "x", "success": true}, 5]'),
    (2, '2026-03-02 12:00:00.000000', 'Gala soon', 'event', 3, 'processing', 0, 0, 0, NULL),
    (3, '2026-03-03 12:00:00.000000', 'Broken', 'community', NULL, 'failed', 0, 0, 0, '[{"phone": ');
INSERT INTO suppressed_contacts VALUES
    (1, '+15550100102', 'Invalid number', 'hard_fail', NULL, 'message_log', 1, '2026-03-01 12:00:00.000000', '2026-03-02 12:00:00.000000'),
    (2, '+15550100110', 'said STOP', 'OPT_OUT', NULL, NULL, NULL, '2026-03-01 12:00:00.000000', NULL),
    (3, '+15550100111', 'try later', 'soft_fail', NULL, NULL, NULL, '2026-03-01 12:00:00.000000', NULL),
    (4, '+15550100112', 'Landline', 'hard_fail', 'twilio', 'lookup', NULL, '2026-03-04 12:00:00.000000', '2026-03-05 12:00:00.000000'),
    (5, '+15550100113', 'who knows', 'mystery', NULL, NULL, NULL, '2026-03-04 12:00:00.000000', NULL);
INSERT INTO scheduled_messages VALUES
    (1, '2026-03-01 12:00:00.000000', '2030-01-01 12:00:00.000000', 'Happy new year, {name}', 'community', NULL, 'pending', 0, NULL, NULL, NULL, NULL),
    (2, '2026-03-02 12:00:00.000000', '2026-03-05 12:00:00.000000', 'Missed', 'community', NULL, 'pending', 0, NULL, NULL, NULL, NULL),
    (3, '2026-03-03 12:00:00.000000', '2030-01-01 12:00:00.000000', 'Gala!', 'event', 3, 'pending', 0, NULL, NULL, NULL, NULL),
    (4, '2026-03-04 12:00:00.000000', '2030-01-01 12:00:00.000000', 'A test', 'community', NULL, 'pending', 1, NULL, NULL, NULL, NULL),
    (5, '2026-03-05 12:00:00.000000', '2026-03-02 12:00:00.000000', 'Hello all', 'community', NULL, 'sent', 0, NULL, '2026-03-02 12:00:01.000000', NULL, 1),
    (6, '2026-03-06 12:00:00.000000', '2026-03-02 12:00:00.000000', 'Stuck', 'community', NULL, 'processing', 0, '2026-03-02 12:00:02.000000', NULL, NULL, NULL),
    (7, '2026-03-07 12:00:00.000000', '2030-01-02 12:00:00.000000', 'Nowhere', 'event', 99, 'pending', 0, NULL, NULL, NULL, NULL),
    (8, '2026-03-08 12:00:00.000000', '2026-03-09 12:00:00.000000', 'Boom', 'community', NULL, 'failed', 0, '2026-03-09 12:00:01.000000', NULL, 'no credit', NULL),
    (9, '2026-03-09 12:00:00.000000', '2030-01-03 12:00:00.000000', 'Who?', 'vips', NULL, 'pending', 0, NULL, NULL, NULL, NULL);
INSERT INTO login_attempts VALUES (1, '192.0.2.1', 3, '2026-03-01 12:00:00.000000', '2026-03-01 12:15:00.000000');
INSERT INTO schema_migrations VALUES ('0001_first');
