import type { Diagnostic, Location } from '#base/errors.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { LoadedObject } from '#manifest/types.ts'
import { checkDaemonSet, type ValidateMode } from '#planning/check.ts'

const place = (location: Location) => location.line * 1e6 + location.column

/** What a v1.36 server and kubectl's own validation would say of a manifest, each finding with its place, top down. */
export function checkManifest(loaded: LoadedObject<DaemonSet>, mode: ValidateMode): Diagnostic[] {
  const { value } = loaded
  return checkDaemonSet(value, mode)
    .map(({ path, part, hint, ...found }) => ({
      ...found,
      location: loaded.locate(path, part),
      ...(hint === undefined ? {} : { hint }),
    }))
    .sort((a, b) => place(a.location) - place(b.location))
}
