import { describe, expect, it, vi } from 'vitest';
import type { Replay } from '../../src/api/replays.js';
import type { State } from '../../src/api/state.js';
import { type MachineApi, TimeMachine } from '../../web/pages/time-machine/machine.js';

const stateAt = (at: number): State => ({
  at,
  accounts: [],
  open_trades: [],
  open_trades_total: 0,
  quotes: [],
  components: [],
});

/** A server in memory: what it was asked, and the replays it plays. */
class Server implements MachineApi {
  readonly asked: string[] = [];
  readonly on = new Map<string, Replay>();
  refuses = false;

  history = async () => ({ from: 1_000, to: 2_000, counts: [1, 2] });
  timeOf = async (seq: number) => 1_000 + seq;
  replays = async () => [...this.on.values()];

  state = async (at: number) => {
    this.asked.push(`state ${at}`);
    return stateAt(at);
  };

  diff = async ({ from, to }: { from: number; to: number }) => {
    this.asked.push(`diff ${from} ${to}`);
    const none = { accounts: [], opened: [], closed: [], quotes: [], components: [] };
    return { from, to, ...none, trades_cut: false, events: {} };
  };

  start: MachineApi['start'] = async ({ from, speed, paused = false }) => {
    if (this.refuses) throw new Error('too many replays');
    const id = `r${this.on.size + 1}`;
    this.asked.push(`start ${from} ${speed}${paused ? ' paused' : ''}`);
    const counts = { from_seq: 1, to_seq: 9, next_seq: 1, sent: 0, unheard: 0 };
    return this.#set({
      id,
      state: paused ? 'paused' : 'playing',
      why: null,
      ...counts,
      at: null,
      speed,
      topic: 'replay.',
    });
  };

  change: MachineApi['change'] = async (id, { speed, paused, step }) => {
    const replay = this.on.get(id)!;
    this.asked.push(`change ${id} ${JSON.stringify({ speed, paused, step })}`);
    const state =
      step !== undefined || paused === true ? 'paused' : paused === false ? 'playing' : replay.state;
    const at = step === undefined ? replay.at : 1_500 + step;
    return this.#set({ ...replay, state, speed: speed ?? replay.speed, at });
  };

  stop: MachineApi['stop'] = async (id) => {
    this.asked.push(`stop ${id}`);
    return this.#set({ ...this.on.get(id)!, state: 'stopped' });
  };

  #set(replay: Replay): Replay {
    this.on.set(replay.id, replay);
    return replay;
  }
}

async function opened(place: { at: number | null; pin: number | null } = { at: null, pin: null }) {
  const server = new Server();
  const machine = new TimeMachine(server);
  await machine.open(place);
  await vi.waitFor(() => expect(machine.state.value).not.toBeNull());
  return { server, machine };
}

describe('by hand', () => {
  it('begins at the end of history, or where the address says', async () => {
    expect((await opened()).machine.state.value?.at).toBe(2_000);
    expect((await opened({ at: 1_200, pin: null })).machine.state.value?.at).toBe(1_200);
  });

  it('shows the state of where it is, and stays within history', async () => {
    const { machine } = await opened();
    machine.travel(1_234.5);
    await vi.waitFor(() => expect(machine.state.value?.at).toBe(1_234.5));
    machine.travel(9_999);
    expect(machine.at.value).toBe(2_000);
    machine.travel(-1);
    expect(machine.at.value).toBe(1_000);
  });

  it('goes to where history ends by now', async () => {
    const { server, machine } = await opened({ at: 1_500, pin: null });
    server.history = async () => ({ from: 1_000, to: 3_000, counts: [] });
    await machine.newest();
    expect(machine.at.value).toBe(3_000);
    expect(machine.span.value).toEqual({ from: 1_000, to: 3_000 });
  });

  it('compares with the instant that is held, whichever is earlier', async () => {
    const { machine } = await opened({ at: 1_500, pin: 1_800 });
    await vi.waitFor(() => expect(machine.diff.value).toMatchObject({ from: 1_500, to: 1_800 }));
    machine.travel(1_900);
    await vi.waitFor(() => expect(machine.diff.value).toMatchObject({ from: 1_800, to: 1_900 }));
    machine.hold(null);
    expect(machine.diff.value).toBeNull();
  });
});

describe('with a replay', () => {
  it('plays from where it is, and goes along', async () => {
    const { server, machine } = await opened({ at: 1_500, pin: null });
    await machine.setSpeed(10);
    await machine.play();
    expect(server.asked).toContain('start 1500 10');
    machine.onReplays([{ ...machine.replay.value!, at: 1_620 }]);
    expect(machine.at.value).toBe(1_620);
    await vi.waitFor(() => expect(machine.state.value?.at).toBe(1_620));
  });

  it('goes along also where nobody looks at the times of what is played', async () => {
    const { machine } = await opened({ at: 1_500, pin: null });
    await machine.setSpeed('max');
    await machine.play();
    machine.onReplays([{ ...machine.replay.value!, next_seq: 701, state: 'ended' }]);
    await vi.waitFor(() => expect(machine.at.value).toBe(1_700));
  });

  it('pauses, goes on and stops the one it has started', async () => {
    const { server, machine } = await opened();
    await machine.play();
    await machine.pause();
    expect(machine.replay.value?.state).toBe('paused');
    await machine.play();
    expect(server.asked.filter((asked) => asked.startsWith('start'))).toHaveLength(1);
    expect(machine.replay.value?.state).toBe('playing');
    await machine.stop(machine.replay.value!.id);
    expect(machine.replay.value?.state).toBe('stopped');
  });

  it('is taken along by a step, also where none was on', async () => {
    const { server, machine } = await opened({ at: 1_500, pin: null });
    await machine.step();
    expect(server.asked).toContain('start 1500 1 paused');
    expect(machine.at.value).toBe(1_501);
    await machine.step();
    expect(server.asked.filter((asked) => asked.startsWith('start'))).toHaveLength(1);
  });

  it('that others have started moves nothing, until it is followed', async () => {
    const { machine, server } = await opened({ at: 1_500, pin: null });
    const other = { ...(await server.start({ from: 1_100, speed: 5 })), at: 1_100 };
    machine.onReplays([other]);
    expect(machine.at.value).toBe(1_500);
    machine.follow(other.id);
    expect(machine.at.value).toBe(1_100);
    expect(machine.speed.value).toBe(5);
  });

  it('takes it along when the slider is moved: it plays on from where that comes to rest', async () => {
    const { server, machine } = await opened({ at: 1_500, pin: null });
    await machine.play();
    machine.travel(1_700);
    machine.travel(1_750);
    machine.onReplays([{ ...machine.replay.value!, at: 1_510 }]);
    expect(machine.at.value).toBe(1_750);
    await vi.waitFor(() => expect(server.asked).toContain('start 1750 1'));
    expect(server.asked).toContain('stop r1');
    expect(server.asked).not.toContain('start 1700 1');
  });

  it('that stands still is over when the slider is moved, and none begins by itself', async () => {
    const { server, machine } = await opened({ at: 1_500, pin: null });
    await machine.play();
    await machine.pause();
    machine.travel(1_700);
    await vi.waitFor(() => expect(server.asked).toContain('stop r1'));
    await vi.waitFor(() => expect(machine.isBusy.value).toBe(false));
    expect(server.asked.filter((asked) => asked.startsWith('start'))).toHaveLength(1);
  });

  it('says what the server has refused, and forgets it when the next order is taken', async () => {
    const { server, machine } = await opened();
    server.refuses = true;
    await machine.play();
    expect(machine.refusal.value).toMatchObject({ message: 'too many replays' });
    expect(machine.isBusy.value).toBe(false);
    server.refuses = false;
    await machine.play();
    expect(machine.refusal.value).toBeNull();
  });
});
