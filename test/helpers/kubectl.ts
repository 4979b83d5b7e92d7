import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '#sandbox/sandbox.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface Run {
  readonly out: string
  readonly err: string
  readonly exit: number
}

const version = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' })

/** The kubectl on this machine: `v1.32.4`, or why there is none. */
export const kubectlVersion: string | undefined =
  version.status === 0
    ? (JSON.parse(version.stdout) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion
    : undefined

/** kubectl, led to a sandbox by a kubeconfig in a folder of its own. */
export interface Kubectl {
  readonly folder: string
  run(
    args: readonly string[],
    options?: { readonly input?: string; readonly env?: Record<string, string>; readonly cwd?: string },
  ): Promise<Run>
  file(name: string, text: string): string
}

export function kubectlFor(sandbox: Sandbox): Kubectl {
  const folder = temporaryFolder()
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  return {
    folder,
    run: (args, { input, env, cwd } = {}) =>
      new Promise((resolve) => {
        const child = execFile(
          'kubectl',
          [...args],
          {
            env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig, TZ: 'UTC', ...env },
            ...(cwd ? { cwd } : {}),
            maxBuffer: 1 << 28,
            timeout: 25_000,
          },
          (error, out, err) => resolve({ out, err, exit: error ? Number(error.code ?? 1) : 0 }),
        )
        // It may have ended before it reads.
        child.stdin?.on('error', () => {}).end(input ?? '')
      }),
    file(name, text) {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    },
  }
}

/** The DaemonSet that the articles teach. */
export const exampleDaemonSet = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: example-daemonset
  labels:
    app: example
spec:
  selector:
    matchLabels:
      app: example
  template:
    metadata:
      labels:
        app: example
    spec:
      containers:
      - name: example-container
        image: nginx:latest
        imagePullPolicy: IfNotPresent
`
