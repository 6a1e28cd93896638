WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL
SELECT i + 1
FROM n WHERE i < 20000 - 1)
INSERT INTO contacts (id, phone, name)
SELECT 1000 + i, '+1555' || (2000000 + i), 'Person ' || i
FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL
SELECT i + 1
FROM n WHERE i < 100000 - 1)
INSERT INTO messages (id, direction, phone, body, message_sid, status, created_at)
SELECT 1000 + i, CASE i % 3 WHEN 0 THEN 'inbound' ELSE 'outbound' END, '+1555' || (2000000 + i % 20000), 'Message ' || i, 'SM' || printf('%032d', i), 'delivered', printf('2026-03-%02d 10:00:00', 1 + i % 28)
FROM n;
