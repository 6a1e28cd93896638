"""Twilio: SMS, MMS and WhatsApp. Signature, payloads, receipts, error table and sending."""
