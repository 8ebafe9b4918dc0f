import { useEffect, useRef } from 'preact/hooks';
import type { ApiIssue } from '../../../src/api/common.js';
import type { Draft } from './draft.js';
import { lineOf } from './json-places.js';
import { fieldOf } from './reasons.js';

/** Beyond it the lines have no numbers: nobody counts them. */
const lines_max = 5_000;

/** The payload to be corrected. Beside it the lines are numbered, and those with something wrong in them marked. */
export function Editor({ draft, isReadOnly }: { draft: Draft; isReadOnly: boolean }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const text = draft.text.value;
  const wrong = isReadOnly ? new Set<number>() : wrongLines(draft);
  const lines = text.split('\n').length;
  const isNumbered = lines <= lines_max;
  const margin = `${String(lines).length + 3}ch`;
  const follow = () => {
    if (gutter.current !== null && area.current !== null) gutter.current.scrollTop = area.current.scrollTop;
  };
  useEffect(follow, [lines]);
  return (
    <>
      <div class="editor">
        {isNumbered && (
          <pre ref={gutter} class="gutter" style={{ width: margin }} aria-hidden="true">
            {Array.from({ length: lines }, (_, i) => (
              <span key={i} class={wrong.has(i + 1) ? 'wrong' : undefined}>
                {wrong.has(i + 1) ? '▸' : ' '}
                {i + 1}
                {'\n'}
              </span>
            ))}
          </pre>
        )}
        <textarea
          ref={area}
          aria-label="Payload"
          aria-describedby={isReadOnly ? undefined : 'payload-verdict'}
          value={text}
          readOnly={isReadOnly}
          spellcheck={false}
          autocomplete="off"
          wrap="off"
          style={{ marginLeft: isNumbered ? margin : '0' }}
          rows={Math.min(28, Math.max(8, lines + 1))}
          onInput={(event) => draft.write(event.currentTarget.value)}
          onScroll={follow}
        />
      </div>
      {!isReadOnly && <Verdict draft={draft} onLine={(line) => goToLine(area.current, line)} />}
    </>
  );
}

function wrongLines(draft: Draft): Set<number> {
  const places = draft.places.value;
  if (places === null) return new Set();
  if (places.broken !== null) return new Set([places.broken.line]);
  const lines = draft.examined.value?.issues.map(({ path }) => lineOf(path, places.lines)) ?? [];
  return new Set(lines.filter((line) => line !== undefined));
}

/** What the rules say of the text as it stands. */
function Verdict({ draft, onLine }: { draft: Draft; onLine: (line: number) => void }) {
  const places = draft.places.value;
  const examined = draft.examined.value;
  return (
    <div id="payload-verdict" class="verdict" role="status">
      {places?.broken != null ? (
        <p class="bad">
          <LineButton line={places.broken.line} onLine={onLine} />, column {places.broken.column}: this is no
          JSON, {places.broken.why}.
        </p>
      ) : examined === null ? (
        <p class="quiet">{draft.problem.value === null ? 'Checking …' : 'It cannot be checked now.'}</p>
      ) : examined.passes ? (
        <p class="ok">
          <span aria-hidden="true">✓ </span>It keeps every rule.
        </p>
      ) : (
        <IssueList
          issues={examined.issues}
          lineOf={(path) => (places === null ? undefined : lineOf(path, places.lines))}
          onLine={onLine}
        />
      )}
    </div>
  );
}

interface IssueListProps {
  issues: readonly ApiIssue[];
  lineOf?: (path: string) => number | undefined;
  onLine?: (line: number) => void;
}

/** What is wrong, field by field; where the field stands in the text, a press goes there. */
export function IssueList({
  issues,
  lineOf: lineFor = () => undefined,
  onLine = () => undefined,
}: IssueListProps) {
  return (
    <ul class="issues">
      {issues.map(({ path, found, expected }, i) => {
        const line = lineFor(path);
        return (
          <li key={`${i} ${path}`}>
            <strong>
              <code>{fieldOf(path)}</code>
            </strong>
            : expected {expected}, found <code>{found}</code>
            {line !== undefined && (
              <>
                {' · '}
                <LineButton line={line} onLine={onLine} />
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function LineButton({ line, onLine }: { line: number; onLine: (line: number) => void }) {
  return (
    <button type="button" class="link" onClick={() => onLine(line)}>
      line {line}
    </button>
  );
}

function goToLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = ((line - 3) / lines.length) * area.scrollHeight;
}
