import { HttpError } from '../http/errors.js';

/** So many may play, or stand paused, at the same time. */
export const replays_max = 4;

export function tooManyReplays(): HttpError {
  return new HttpError(409, 'too_many_replays', `${replays_max} replays are on already`, {
    found: `${replays_max} that play or are paused`,
    expected: `at most ${replays_max} at a time`,
    remedy: 'stop one of them first',
  });
}

export function noSuchReplay(id: string): HttpError {
  return new HttpError(404, 'no_such_replay', `there is no replay ${id.slice(0, 100)}`, {
    found: 'none of that id',
    expected: 'one that is on, or has ended within the last hour',
    remedy: 'GET /api/replays lists them',
  });
}

export function replayOver(id: string, state: string): HttpError {
  return new HttpError(409, 'replay_over', `replay ${id} has ${state} already`, {
    found: `one that has ${state}`,
    expected: 'one that plays or is paused',
    remedy: 'start another from where this one stood',
  });
}

export function nothingToReplay(found: string): HttpError {
  return new HttpError(400, 'nothing_to_replay', `there is nothing to replay: ${found}`, {
    found,
    expected: 'a stretch of history with events in it',
    remedy: 'begin earlier, or end later; GET /api/history says how far history goes',
  });
}

/** The places of one log would play something else of another. */
export function otherLog(stored: string, found: string): HttpError {
  return new HttpError(503, 'other_log', `the store is of the log ${stored}, the bus has the log ${found}`, {
    found,
    expected: stored,
    remedy: 'start the dashboard with the data folder that belongs to this bus, or with the port of its bus',
  });
}

export function badSpeed(found: number | string): HttpError {
  return new HttpError(400, 'bad_speed', 'a replay cannot run at this speed', {
    found: String(found).slice(0, 80),
    expected: '0.1 to 1000, or max',
    remedy: 'use 1, 10 or max; to stand still, pause it',
  });
}
