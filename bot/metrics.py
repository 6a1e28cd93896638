"""What operations watches, as Prometheus metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

INBOX_MESSAGES = Counter("rollcall_inbox_messages", "Inbound messages by what became of them", ["result"])
INBOX_SET_ASIDE = Counter(
    "rollcall_inbox_set_aside", "Messages whose turn could not be taken, by what was kept of them", ["kept"]
)
INBOX_BATCH_SIZE = Histogram(
    "rollcall_inbox_batch_size", "Messages per batch", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
INBOX_BATCH_SECONDS = Histogram(
    "rollcall_inbox_batch_seconds", "Seconds per batch, from the first statement to the commit"
)
INBOX_WAITING = Gauge("rollcall_inbox_waiting", "Messages that wait for their batch")
WEBHOOKS_REFUSED = Counter("rollcall_webhooks_refused", "Webhook requests that were not accepted", ["code"])
REQUESTS_LIMITED = Counter("rollcall_requests_limited", "Requests answered 429: their source was refused too often")
SENT_MESSAGES = Counter("rollcall_sent_messages", "Provider calls by their outcome", ["outcome"])
SEND_SECONDS = Histogram("rollcall_send_seconds", "Seconds per provider call")
RECEIPTS = Counter("rollcall_receipts", "Delivery receipts by status", ["status"])
ABSENT_SECONDS = Gauge("rollcall_absent_seconds", "Age at which a message that no list shows counts as never accepted")
OUTBOX = Gauge("rollcall_outbox_messages", "Outbound messages by status", ["status"])
OLDEST_QUEUED = Gauge("rollcall_outbox_oldest_queued_seconds", "Age of the oldest queued message")
CHANNELS_PAUSED = Gauge("rollcall_channels_paused", "Channels that do not send: the account, or its allowance")
CHANNELS_UNREAD = Gauge("rollcall_channels_unread", "Channels whose texts of our absence cannot be read yet")
SWEPT_LOST = Counter("rollcall_swept_texts_lost", "Texts of the provider's log of which nothing could be stored")
NODES_ALIVE = Gauge("rollcall_nodes_alive", "Processes on this database that were seen within half a minute")
LOOP_FAILURES = Counter("rollcall_loop_failures", "Rounds of a worker loop that failed", ["loop"])
LOOP_FAILING = Gauge("rollcall_loop_failing", "Failed rounds of a worker loop in a row", ["loop"])
LOOP_AGE = Gauge("rollcall_loop_age_seconds", "Seconds since a worker loop began a round", ["loop"])
LOOPS_IN_TROUBLE = Gauge("rollcall_loops_in_trouble", "Worker loops that do not do their work")
SET_ASIDE = Counter(
    "rollcall_set_aside", "Campaigns, schedules and commands that were set aside after an error", ["kind"]
)
