import { KdsError } from '#base/errors.ts'
import type { ClusterSnapshot, NodesSnapshot, SnapshotOptions } from './types.ts'

/** Reads the Nodes of a dump. */
export async function readNodes(options: SnapshotOptions): Promise<NodesSnapshot> {
  throw new KdsError('not-implemented', `cannot read ${options.sources.join(', ')} yet`)
}

/** Reads a cluster dump. */
export async function readSnapshot(options: SnapshotOptions): Promise<ClusterSnapshot> {
  throw new KdsError('not-implemented', `cannot read ${options.sources.join(', ')} yet`)
}
