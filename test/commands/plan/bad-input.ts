import { expect } from 'vitest'
import { kds, type RunResult } from '../../helpers/run.ts'
import { workspace as folderWith } from '../../helpers/workspace.ts'

export const fixtures = 'test/fixtures/commands/bad-input'
export const planOf = (file: string, nodes = 'node.yaml') =>
  kds(['plan', '-f', file, '--nodes', nodes], { cwd: fixtures })

export const head = 'apiVersion: apps/v1\nkind: DaemonSet\n'
export const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: worker}\n'
export const agent = (metadata = '', podSpec = '') => `${head}metadata:
  name: agent
${metadata}spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: agent, image: agent:1}]
${podSpec}`

/** A folder with these files and a good node.yaml, gone after the test. */
export const workspace = (files: Readonly<Record<string, string | Uint8Array>>): string =>
  folderWith({ 'node.yaml': node, ...files })

/** Plans one text, as `a.yaml`, on a good node. */
export const planText = (text: string | Uint8Array, name = 'a.yaml', more: readonly string[] = []) =>
  kds(['plan', '-f', name, '--nodes', 'node.yaml', ...more], { cwd: workspace({ [name]: text }) })

/** Plans a good DaemonSet on the nodes of one text, as `n.yaml`. */
export const planOnText = (text: string | Uint8Array) =>
  kds(['plan', '-f', 'a.yaml', '--nodes', 'n.yaml'], {
    cwd: workspace({ 'a.yaml': agent(), 'n.yaml': text }),
  })

export function expectRefusal({ out, err, exit }: RunResult, text: string | RegExp) {
  expect(exit).toBe(1)
  expect(out).toBe('')
  expect(err).not.toMatch(/internal error|\n\s+at /)
  if (typeof text === 'string') expect(err).toBe(text.trimStart())
  else expect(err).toMatch(text)
}
