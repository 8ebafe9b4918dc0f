import type { Replay } from '../../../src/api/replays.js';
import { factsOf } from '../../shell/api.js';
import { CopyButton } from '../../ui/copy-button.js';
import { ErrorBox } from '../../ui/error-box.js';
import { dateTime } from '../../ui/format.js';
import { mayChange, NeedsToken } from '../../ui/needs-token.js';
import { Panel } from '../../ui/panel.js';
import type { TimeMachine } from './machine.js';
import {
  isOn,
  listenCommand,
  playedOf,
  readSpeed,
  sayHeard,
  sayReplay,
  showSpeed,
  speeds,
} from './travel.js';

/** Plays history on from where the slider is. */
export function Player({ machine }: { machine: TimeMachine }) {
  const replay = machine.replay.value;
  const isPlaying = replay?.state === 'playing';
  const isStopped = replay === undefined || !isOn(replay);
  const cannot = !mayChange() || machine.isBusy.value || machine.at.value === null;
  return (
    <Panel title="Play it again" isWide>
      <NeedsToken what="To play history" />
      <div class="row player">
        <button
          type="button"
          class="primary"
          disabled={cannot}
          onClick={() => void (isPlaying ? machine.pause() : machine.play())}
        >
          {isPlaying ? 'Pause' : replay?.state === 'paused' ? 'Go on' : 'Play from here'}
        </button>
        <button type="button" disabled={cannot} onClick={() => void machine.step()}>
          One event
        </button>
        <button type="button" disabled={cannot || isStopped} onClick={() => void machine.stop(replay!.id)}>
          Stop
        </button>
        <SpeedChoice machine={machine} />
      </div>
      {replay !== undefined && <Progress replay={replay} />}
      <ErrorBox error={machine.refusal.value === null ? null : factsOf(machine.refusal.value)} />
      <Listening topic={replay?.topic ?? 'replay.'} />
      <Others machine={machine} />
    </Panel>
  );
}

function SpeedChoice({ machine }: { machine: TimeMachine }) {
  return (
    <label class="field inline">
      <span>Speed</span>
      <select
        value={String(machine.speed.value)}
        onChange={(event) => void machine.setSpeed(readSpeed(event.currentTarget.value))}
      >
        {speeds.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed === 'max' ? 'max' : showSpeed(speed)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Progress({ replay }: { replay: Replay }) {
  const share = playedOf(replay);
  return (
    <div class="progress">
      <progress max={1} value={share} aria-label="How much of it has been played" />
      <p role="status">
        <code>{replay.id}</code>: {sayReplay(replay)}; {sayHeard(replay)}.
      </p>
    </div>
  );
}

/** That it cannot trade, and how to hear it. */
function Listening({ topic }: { topic: string }) {
  const command = listenCommand(topic);
  return (
    <div class="listening">
      <p class="note">
        <strong>A replay cannot trade.</strong> It travels on <code>{topic}</code> and not on{' '}
        <code>bitten.</code>: nobody who listens to what happens now gets any of it, nothing of it is stored,
        and a component that publishes one of its events is refused.
      </p>
      <details>
        <summary>Listen to it from a shell</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
        <pre tabIndex={0}>{command}</pre>
        <CopyButton label="Copy" text={command} />
      </details>
    </div>
  );
}

/** Replays of other pages, and of this one before it was loaded again: they go on until somebody stops them. */
function Others({ machine }: { machine: TimeMachine }) {
  const others = machine.replays.value.filter(
    (other) => isOn(other) && other.id !== machine.replay.value?.id,
  );
  if (others.length === 0) return null;
  return (
    <div class="others">
      <h3>Also on</h3>
      <ul>
        {others.map((other) => (
          <li key={other.id} class="row">
            <span>
              <code>{other.id}</code>: {sayReplay(other)}
              {other.at !== null && `, at ${dateTime(other.at)}`}
            </span>
            <button type="button" onClick={() => machine.follow(other.id)}>
              Go along
            </button>
            <button type="button" disabled={!mayChange()} onClick={() => void machine.stop(other.id)}>
              Stop
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
