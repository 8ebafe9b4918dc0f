import { useEffect, useMemo } from 'preact/hooks';
import { factsOf } from '../../shell/api.js';
import { route, setQuery } from '../../shell/router.js';
import { replaysTold } from '../../shell/stream.js';
import { ErrorBox } from '../../ui/error-box.js';
import { dateTime, duration, zone } from '../../ui/format.js';
import { machineApi } from './api.js';
import { DiffPanel } from './diff-panel.js';
import { steps } from './instant.js';
import { TimeMachine } from './machine.js';
import { InstantField, StepButtons } from './moves.js';
import { Player } from './player.js';
import { Slider } from './slider.js';
import { StatePanels } from './state-panels.js';
import './style.css';

/** The address follows the slider after so long: browsers refuse to be told a hundred places a second. */
const address_ms = 400;

export function Page() {
  const machine = useMemo(() => new TimeMachine(machineApi), []);
  useEffect(() => {
    const { at, pin } = route.peek().query;
    void machine.open({ at: instantOf(at), pin: instantOf(pin) });
    return () => machine.close();
  }, [machine]);
  useEffect(() => {
    if (replaysTold.value !== null) machine.onReplays(replaysTold.value);
  }, [machine, replaysTold.value]);
  const [at, pin] = [machine.at.value, machine.pin.value];
  useEffect(() => {
    if (at === null) return undefined;
    const timer = setTimeout(() => setQuery({ at, pin: pin ?? undefined }), address_ms);
    return () => clearTimeout(timer);
  }, [at, pin]);
  return (
    <div class="time-machine">
      <ErrorBox error={machine.problem.value === null ? null : factsOf(machine.problem.value)} />
      <Travel machine={machine} />
      {machine.at.value !== null && <Player machine={machine} />}
      {machine.pin.value !== null && machine.diff.value !== null && <DiffPanel diff={machine.diff.value} />}
      {machine.state.value !== null && <StatePanels state={machine.state.value} />}
    </div>
  );
}

function Travel({ machine }: { machine: TimeMachine }) {
  const [history, span, at] = [machine.history.value, machine.span.value, machine.at.value];
  if (history === null) return machine.problem.value === null ? <p class="quiet">Loading …</p> : null;
  if (span === null || at === null) {
    return <p class="empty">There is no history yet: the store has no event. Publish one, and come back.</p>;
  }
  const onTravel = (place: number) => machine.travel(place);
  return (
    <section class="panel wide travel" aria-labelledby="travel-title">
      <div class="panel-head">
        <h2 id="travel-title">
          As of {dateTime(at, { milliseconds: true })} <span class="quiet">{zone()}</span>
        </h2>
        <span class="quiet">{sayPlace(at, span.to)}</span>
      </div>
      <Slider history={history} span={span} at={at} pin={machine.pin.value} onTravel={onTravel} />
      <div class="row">
        <StepButtons at={at} onTravel={onTravel} />
        <InstantField at={at} span={span} onTravel={onTravel} />
      </div>
      <Pin machine={machine} at={at} />
      <p id="slider-keys" class="hint keys">
        {steps.map(({ name, keys }) => (
          <span key={name}>
            <kbd>{keys}</kbd> one {name}
          </span>
        ))}
        <span>
          <kbd>Home</kbd> <kbd>End</kbd> of history
        </span>
      </p>
    </section>
  );
}

function Pin({ machine, at }: { machine: TimeMachine; at: number }) {
  const pin = machine.pin.value;
  return (
    <div class="row pin">
      <button type="button" onClick={() => void machine.newest()}>
        To the newest
      </button>
      {pin === null ? (
        <button type="button" onClick={() => machine.hold(at)}>
          Hold this instant, to compare
        </button>
      ) : (
        <>
          <span>
            Compared with <strong>{dateTime(pin, { milliseconds: true })}</strong>
          </span>
          <button type="button" onClick={() => machine.hold(at)}>
            Hold this one instead
          </button>
          <button type="button" onClick={() => machine.travel(pin)}>
            Go there
          </button>
          <button type="button" onClick={() => machine.hold(null)}>
            Let go
          </button>
        </>
      )}
    </div>
  );
}

function sayPlace(at: number, end: number): string {
  return at >= end ? 'the end of history' : `${duration(end - at)} before the end of history`;
}

function instantOf(text: string | undefined): number | null {
  const value = Number(text);
  return text !== undefined && text !== '' && Number.isFinite(value) ? value : null;
}
