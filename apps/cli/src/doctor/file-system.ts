import { statfsSync } from 'node:fs';

/** A file system on which a data folder is not what it should be. */
export interface FileSystemKind {
  is: 'remote' | 'volatile';
  /** `NFS`, `tmpfs`, … */
  name: string;
}

/** By the numbers Linux has for them (`statfs`). */
const remote = new Map<number, string>([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
]);
const volatile = new Map<number, string>([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

/** Null for an ordinary one, and where the system does not say. */
export function fileSystemOf(path: string): FileSystemKind | null {
  try {
    return kindOf(statfsSync(path).type);
  } catch {
    return null;
  }
}

export function kindOf(type: number): FileSystemKind | null {
  const [away, gone] = [remote.get(type), volatile.get(type)];
  if (away !== undefined) return { is: 'remote', name: away };
  return gone === undefined ? null : { is: 'volatile', name: gone };
}
