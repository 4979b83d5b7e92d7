import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A sandbox with the example cluster in it, and a kubeconfig with two contexts that lead there. */
export interface TestCluster {
  readonly sandbox: Sandbox
  /** A folder of the test's own; holds `config`, the kubeconfig. */
  readonly folder: string
  readonly kubeconfig: string
  close(): Promise<void>
}

export const eksContext = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod'

async function* noInput(): AsyncGenerator<Uint8Array> {}

export async function testCluster(): Promise<TestCluster> {
  const { nodes, namespaces, daemonSets, revisions } = await readSnapshot({
    sources: ['examples/cluster.yaml', 'examples/snapshot.yaml'],
    cwd: process.cwd(),
    env: {},
    stdin: noInput(),
  })
  const sandbox = await startSandbox({
    objects: [...namespaces, ...nodes, ...daemonSets, ...revisions],
  })
  const folder = temporaryFolder()
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(sandbox)), { mode: 0o600 })
  const close = async () => {
    await sandbox.close()
  }
  return { sandbox, folder, kubeconfig, close }
}

function kubeconfigFor({ url, token, caPem }: Sandbox): object {
  const context = (name: string, cluster: string, namespace: string) => ({
    name,
    context: { cluster, user: 'admin', namespace },
  })
  const ca = Buffer.from(caPem).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'sandbox', cluster: { server: url, 'certificate-authority-data': ca } },
      { name: 'away', cluster: { server: 'http://127.0.0.1:1' } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [
      context('here', 'sandbox', 'default'),
      context(eksContext, 'sandbox', 'logging'),
      context('away', 'away', 'default'),
    ],
    'current-context': 'here',
  }
}
