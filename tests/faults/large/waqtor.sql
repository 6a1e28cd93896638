INSERT INTO recipients (user_id, phone_number, name)
SELECT '00000000-0000-4000-8000-000000000001', '+1555' || (2000000 + i), 'Person ' || i
FROM generate_series(0, 19999) AS n(i);
INSERT INTO messages (user_id, message_id, phone_number, message_text, status, ack_status, created_at)
SELECT '00000000-0000-4000-8000-000000000001', 'id' || i, '+1555' || (2000000 + i % 20000), 'Message ' || i, 'sent', 2, timestamp '2026-03-01' + i * interval '1 second'
FROM generate_series(0, 99999) AS n(i);
