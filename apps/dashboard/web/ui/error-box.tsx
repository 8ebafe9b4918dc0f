import type { ApiError } from '../../src/api/index.js';

/** What went wrong, and what to do. */
export function ErrorBox({ error }: { error: ApiError['error'] | null }) {
  if (error === null) return null;
  return (
    <div class="error" role="alert">
      <p>
        <strong>{error.message}</strong>
      </p>
      {error.found !== undefined && error.expected !== undefined && (
        <p>
          Found {error.found}; expected {error.expected}.
        </p>
      )}
      {error.remedy !== undefined && <p>{error.remedy}</p>}
      {error.issues !== undefined && error.issues.length > 0 && (
        <ul>
          {error.issues.map(({ path, found, expected }) => (
            <li key={`${path} ${expected}`}>
              <code>{path === '' ? 'the whole' : path}</code>: expected {expected}, found {found}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
