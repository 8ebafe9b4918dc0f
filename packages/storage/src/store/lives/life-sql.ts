/**
 * The two halves of the view `lifecycle`: a row for each fire, and one for each signal that nobody has fired. Each
 * half ends so that a WHERE may follow.
 */
export const sqlOfFires = `SELECT s.signal_id AS signal_id, f.fire_id AS fire_id,
  CASE WHEN f.outcome_seq IS NOT NULL THEN 'closed' WHEN f.confirmed_seq IS NOT NULL THEN 'confirmed'
    WHEN f.executed_seq IS NOT NULL THEN 'executed' WHEN s.expired_seq IS NOT NULL THEN 'expired'
    ELSE 'fired' END AS state,
  nullif(rtrim(
    CASE WHEN s.generated_seq IS NULL THEN 'signal,' ELSE '' END ||
    CASE WHEN f.fired_seq IS NULL THEN 'fire,' ELSE '' END ||
    CASE WHEN f.executed_seq IS NULL AND (f.confirmed_seq IS NOT NULL OR f.outcome_seq IS NOT NULL)
      THEN 'execution,' ELSE '' END ||
    CASE WHEN f.confirmed_seq IS NULL AND f.outcome_seq IS NOT NULL THEN 'confirmation,' ELSE '' END,
    ','), '') AS missing,
  p.name AS pattern, ifnull(f.symbol, s.symbol) AS symbol, ifnull(f.direction, s.direction) AS direction,
  s.confidence AS confidence, f.user_id AS user_id, f.ticket AS ticket,
  s.generated_at AS signal_at, f.fired_at AS fired_at, f.executed_at AS executed_at,
  f.confirmed_at AS confirmed_at, f.outcome_at AS outcome_at, s.expired_at AS expired_at,
  s.outcome_at AS signal_outcome_at,
  f.fired_at - s.generated_at AS to_fire_s, f.executed_at - f.fired_at AS to_execute_s,
  f.confirmed_at - f.executed_at AS to_confirm_s, f.outcome_at - f.executed_at AS to_outcome_s,
  f.outcome AS outcome, f.won AS won, f.profit AS profit, f.pips AS pips,
  s.outcome AS signal_outcome, s.won AS signal_won, s.pips AS signal_pips,
  ifnull(s.generated_count, 0) AS signal_count, f.fired_count AS fired_count,
  f.executed_count AS executed_count, f.confirmed_count AS confirmed_count,
  f.outcome_count AS outcome_count, ifnull(s.expired_count, 0) AS expired_count,
  ifnull(s.outcome_count, 0) AS signal_outcome_count,
  s.generated_seq AS signal_seq, f.fired_seq AS fired_seq, f.executed_seq AS executed_seq,
  f.confirmed_seq AS confirmed_seq, f.outcome_seq AS outcome_seq, s.expired_seq AS expired_seq,
  s.outcome_seq AS signal_outcome_seq, f.no AS first_seq
FROM fire_lives f
LEFT JOIN signal_lives s ON s.no = f.signal_no
LEFT JOIN pattern_rows p ON p.pattern_id = s.pattern_id`;

export const sqlOfUnfired = `SELECT s.signal_id, NULL,
  CASE WHEN s.outcome_seq IS NOT NULL THEN 'closed' WHEN s.expired_seq IS NOT NULL THEN 'expired'
    ELSE 'signalled' END,
  CASE WHEN s.generated_seq IS NULL THEN 'signal' END,
  p.name, s.symbol, s.direction, s.confidence, NULL, NULL,
  s.generated_at, NULL, NULL, NULL, NULL, s.expired_at, s.outcome_at,
  NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL,
  s.outcome, s.won, s.pips,
  s.generated_count, 0, 0, 0, 0, s.expired_count, s.outcome_count,
  s.generated_seq, NULL, NULL, NULL, NULL, s.expired_seq, s.outcome_seq, s.no
FROM signal_lives s
LEFT JOIN pattern_rows p ON p.pattern_id = s.pattern_id
WHERE s.fires = 0`;

/** What is counted by pattern, as people read it. Means are seconds. */
export const sqlOfPatterns = `SELECT name AS pattern, signals, fired, fires, executed, confirmed, closed,
  wins, losses, wins * 1.0 / nullif(wins + losses, 0) AS win_rate,
  trade_wins, trade_losses, trade_wins * 1.0 / nullif(trade_wins + trade_losses, 0) AS trade_win_rate,
  to_fire_us / 1e6 / nullif(to_fire_n, 0) AS to_fire_s,
  to_execute_us / 1e6 / nullif(to_execute_n, 0) AS to_execute_s,
  to_confirm_us / 1e6 / nullif(to_confirm_n, 0) AS to_confirm_s,
  to_outcome_us / 1e6 / nullif(to_outcome_n, 0) AS to_outcome_s
FROM pattern_rows
WHERE signals <> 0 OR fires <> 0 OR executed <> 0 OR confirmed <> 0 OR closed <> 0 OR wins <> 0 OR losses <> 0`;
