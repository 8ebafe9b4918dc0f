// pm2 start ecosystem.config.cjs: bus, collector, alerts and dashboard under pm2. See docs/OPERATING.md.
//
// Settings come from `bitten.yaml` beside this file, read anew at each start, or from the environment `pm2 start`
// was called in, which pm2 keeps (`--update-env` takes the new one).
const { homedir } = require('node:os');
const { join } = require('node:path');

const pm2Home = process.env.PM2_HOME ?? join(homedir(), '.pm2');

function app(name, folder) {
  // Everything is said on standard error; one file holds it, whatever else is said. Not in the data folder: that
  // is closed to others, and pm2's own files are not.
  const logFile = join(pm2Home, 'logs', `${name}.log`);
  return {
    name,
    script: join(__dirname, 'apps', folder, 'dist/index.js'),
    cwd: __dirname,
    exec_mode: 'fork',
    instances: 1,

    // Ready when the ports are bound (bus, dashboard), the store is open (collector) or the rules are read (alerts).
    // On a log of many GB that takes well under a second; after this time pm2 waits no longer, and leaves the process
    // alone.
    wait_ready: true,
    listen_timeout: 30_000,

    autorestart: true,
    // 0.1 s after the first end, half as much again each time, at most 15 s; from the start after 30 s of life.
    exp_backoff_restart_delay: 100,
    // Wrong settings stay wrong. Everything else (a port still taken, a full disk) may pass by itself.
    stop_exit_codes: [2],

    // pm2 stops by SIGINT. The app gives its parts 5 s and names the one that hangs; pm2 waits for that.
    kill_timeout: 6_000,
    // The budget is 200 MB at full speed, and all buffers are bounded: whatever is above this is a leak.
    max_memory_restart: '600M',

    out_file: logFile,
    error_file: logFile,
    merge_logs: true,

    // Without pm2's own code in our process, and without asking git for the version at each start.
    pmx: false,
    vizion: false,
    watch: false,
  };
}

module.exports = {
  apps: [
    app('event_bus', 'bus'),
    app('data_collector', 'collector'),
    app('alerts', 'alerts'),
    app('dashboard', 'dashboard'),
  ],
};
