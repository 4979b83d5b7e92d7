import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach } from 'vitest'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'
import { type Stage, stage } from '../../helpers/stage.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { type Forge, startForge } from './forge.ts'

/** The documents of a YAML file. */
export const documentsOf = async (file: string) =>
  (await parseYaml(new SourceText(file, readFileSync(file, 'utf8')))).documents.map(({ value }) => value)

export const manifest = 'manifests/agent.yaml'

export interface Ended {
  readonly exit: number | null
  readonly text: string
}

/** What a job of a forge finds: its folder, the repository in it, and the forge's API. Anew for each test. */
export class Workplace {
  folder = ''
  forge!: Forge
  #staged!: Stage

  constructor() {
    beforeAll(() => {
      this.#staged = stage()
    }, 60_000)
    beforeEach(() => this.#open())
    afterEach(() => this.forge.close())
  }

  get repository(): string {
    return join(this.folder, 'repository')
  }

  async #open(): Promise<void> {
    const folder = temporaryFolder()
    this.folder = folder
    mkdirSync(join(this.repository, 'manifests'), { recursive: true })
    mkdirSync(join(this.repository, 'cluster'))
    mkdirSync(join(folder, 'tools'))
    writeFileSync(
      join(folder, 'tools/npm'),
      `#!/bin/sh\necho "$*" >> "${folder}/npm"; echo "${folder}/root"\n`,
    )
    chmodSync(join(folder, 'tools/npm'), 0o755)
    mkdirSync(join(folder, 'root/kds'), { recursive: true })
    cpSync('action', join(folder, 'root/kds/action'), { recursive: true })
    cpSync('examples/cluster.yaml', join(this.repository, 'cluster/nodes.yaml'))
    cpSync('examples/snapshot.yaml', join(this.repository, 'cluster/state.yaml'))
    cpSync('examples/log-agent-v2.yaml', join(this.repository, manifest))
    writeFileSync(join(this.repository, 'manifests/config.yaml'), 'apiVersion: v1\nkind: ConfigMap\n')
    writeFileSync(join(this.repository, 'README.md'), 'kind: DaemonSet\n')
    this.forge = await startForge(
      [manifest, 'manifests/config.yaml', 'README.md', 'cluster/state.yaml'],
      ['gone.yaml'],
    )
  }

  /** What was asked of the forge that changes it. */
  writes(): string[] {
    const changes = this.forge.asked.filter(({ method }) => method !== 'GET')
    return changes.map(({ method, path }) => `${method} ${path}`)
  }

  shell(script: string, env: Record<string, string>): Promise<Ended> {
    const tools = `${join(this.folder, 'tools')}:${this.#staged.bin}`
    return new Promise((done) => {
      const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
        cwd: this.repository,
        env: { ...env, PATH: `${tools}:${process.env.PATH}`, HOME: this.folder },
      })
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          text += chunk
        })
      child.on('close', (exit) => done({ exit, text }))
    })
  }
}
