/**
 * Bounds of everything that comes in. The wire's are in docs/PROTOCOL.md section 8, the envelope's are the
 * running system's own (docs/EVENTS.md).
 */
export const limits = {
  event_bytes_max: 1024 * 1024,
  event_depth_max: 64,
  batch_bytes_max: 8 * 1024 * 1024,
  batch_events_max: 10_000,
  header_bytes_max: 1024 * 1024,
  publishes_outstanding_max: 64,
  fetch_bytes_max: 8 * 1024 * 1024,
  fetch_wait_ms_max: 60_000,
  fetch_linger_ms_max: 1_000,
  producers_remembered_max: 50_000,
  live_feed_backlog_max: 100_000,
  replay_events_max: 1_000,
  event_type_length_max: 100,
  source_length_max: 100,
  correlation_id_length_max: 200,
  user_id_length_max: 50,
  session_id_length_max: 100,
} as const;

/** An event with more wrong than this is told about the first ones only. */
export const issues_max = 20;

/** What a producer may be called: 1 to 64 bytes of these. */
export const producerPattern = /^[A-Za-z0-9._:-]{1,64}$/;
/** What a cursor and a replay may be called: 1 to 100 bytes of these. */
export const cursorPattern = /^[A-Za-z0-9._:-]{1,100}$/;
