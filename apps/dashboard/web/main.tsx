import { render } from 'preact';
import { App } from './shell/app.js';
import { startRouter } from './shell/router.js';
import { startTheme } from './shell/theme.js';

startRouter();
startTheme();
render(<App />, document.getElementById('app')!);
