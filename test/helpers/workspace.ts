import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { readManifests } from '#manifest/read-manifests.ts'
import type { ManifestOptions } from '#manifest/types.ts'

/** A folder with the given files, gone after the test. */
export function workspace(files: Readonly<Record<string, string | Uint8Array>>): string {
  const cwd = folderOf(files)
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  return cwd
}

/** The same for all tests of a suite; called where the suite is described. */
export function suiteWorkspace(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const cwd = folderOf(files)
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))
  return cwd
}

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'kds-manifest-'))
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
