import { describe, expect, it } from 'vitest';
import { Peers } from '../src/peers.js';

describe('the peers of a server', () => {
  it('are those seen within two minutes, under the name they gave', () => {
    const peers = new Peers();
    peers.saw('a', 0);
    peers.name('a', 'webapp');
    peers.saw('b', 60_000);
    peers.name('stranger', 'x');
    expect(peers.list(120_000).map((peer) => peer.name)).toEqual(['webapp', '']);
    peers.saw('b', 120_001);
    expect(peers.list(120_001)).toEqual([{ name: '', seen_at: 120_001 }]);
  });

  it('are bounded, however many come', () => {
    const peers = new Peers();
    for (let id = 0; id < 30_000; id++) peers.saw(String(id), 0);
    expect(peers.list(0)).toHaveLength(10_000);
    peers.saw('late', 200_000);
    expect(peers.list(200_000)).toHaveLength(1);
  });
});
