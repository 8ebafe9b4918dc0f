import { route } from '../../shell/router.js';
import { Life } from './life.js';
import { LifeLists } from './life-lists.js';
import './lifecycle.css';
import { readView } from './lists.js';

/** What became of signals and fires: in lists, or one of them whole. */
export function Page() {
  const view = readView(route.value);
  return view.id === null ? <LifeLists view={view} /> : <Life view={view} id={view.id} />;
}
