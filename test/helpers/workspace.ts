import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readManifests } from '#manifest/read-manifests.ts'
import type { ManifestOptions } from '#manifest/types.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A folder with the given files, gone after the tests of the file. */
export function workspace(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const cwd = temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), content)
  }
  return cwd
}

export async function* stream(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

/** Reads one text as `-f x.yaml`, or the options given. */
export function read(content: string | Uint8Array, options: Partial<ManifestOptions> = {}, name = 'x.yaml') {
  const cwd = workspace({ [name]: content })
  return readManifests({ files: [name], cwd, stdin: stream(), env: {}, ...options })
}

/** A DaemonSet that every check accepts. */
export const daemonSet = (name: string, extra = '') => `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: ${name}
${extra}spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: c, image: i}]}
`
