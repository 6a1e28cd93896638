INSERT INTO contacts (id, phone, name)
SELECT 'x' || i, '+1555' || (2000000 + i), 'Person ' || i
FROM generate_series(0, 19999) AS n(i);
INSERT INTO messages (id, phone, direction, type, content, status, whatsapp_msg_id, created_at)
SELECT 'x' || i, '+1555' || (2000000 + i % 20000), 'outbound', 'text', 'Message ' || i, 'read', 'wamid.x' || i, timestamp '2026-03-01' + i * interval '1 second'
FROM generate_series(0, 99999) AS n(i);
