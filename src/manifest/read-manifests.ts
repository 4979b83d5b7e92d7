import { KdsError } from '#base/errors.ts'
import type { ManifestOptions, Manifests } from './types.ts'

/** Reads what `-f` and `-k` name. */
export async function readManifests(options: ManifestOptions): Promise<Manifests> {
  throw new KdsError('not-implemented', `cannot read ${options.files.join(', ')} yet`)
}
