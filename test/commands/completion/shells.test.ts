import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eksContext, type TestCluster, testCluster } from '../../helpers/example-sandbox.ts'
import { type Stage, stage } from '../../helpers/stage.ts'
import { hasTmux, openTerminal, type Terminal } from './terminal.ts'

/** How each shell is started with nothing but kds's completion, and with a prompt that is told apart from output. */
const shells = {
  bash: {
    command: ['bash', '--noprofile', '--rcfile', 'rc', '-i'],
    rc: "PS1='> '\nbind 'set bell-style none'\nbind 'set page-completions off'\nbind 'set completion-query-items 500'\nsource <(kds completion bash)\n",
  },
  zsh: {
    command: ['zsh', '-d', '-i'],
    rc: "PS1='> '\nautoload -Uz compinit && compinit -u\nunsetopt beep\nsource <(kds completion zsh)\n(( $+commands[kubectl] )) && source <(kubectl completion zsh)\n",
  },
  fish: {
    command: ['fish', '--no-config', '-i', '-C', 'source rc'],
    rc: "function fish_prompt; echo '> '; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nkds completion fish | source\ntype -q kubectl; and kubectl completion fish | source\n",
  },
} as const

const kubectlFolder = spawnSync('sh', ['-c', 'dirname "$(command -v kubectl)"'], {
  encoding: 'utf8',
}).stdout.trim()

const installed = (shell: string) => spawnSync(shell, ['--version']).error === undefined

let cluster: TestCluster
let staged: Stage
beforeAll(async () => {
  staged = stage()
  cluster = await testCluster()
  for (const name of ['manifest.yaml', 'other.txt']) writeFileSync(join(cluster.folder, name), '')
  mkdirSync(join(cluster.folder, 'overlay'))
}, 60_000)
afterAll(async () => {
  await cluster?.close()
})

/** The line that is being edited, as it stands on the screen; a shell may break it over several rows. */
const edited = (screen: string) => screen.slice(screen.lastIndexOf('\n> ') + 1).replace(/\n/g, '')

describe.each(Object.entries(shells))('%s', (shell, { command, rc }) => {
  // Loud where it cannot run: the title says why.
  describe.skipIf(!hasTmux || !installed(shell))(`in a terminal (skipped without tmux and ${shell})`, () => {
    let terminal: Terminal
    beforeAll(async () => {
      const home = join(cluster.folder, `home-${shell}`)
      mkdirSync(home)
      writeFileSync(join(home, '.zshrc'), rc)
      writeFileSync(join(cluster.folder, 'rc'), rc)
      const env = {
        HOME: home,
        PATH: `${staged.bin}:/usr/bin:/bin:${kubectlFolder}`,
        TERM: 'screen',
        LC_ALL: 'C.UTF-8',
        KUBECONFIG: cluster.kubeconfig,
      }
      terminal = openTerminal(command, env, cluster.folder)
      await terminal.until((screen) => expect(screen).toMatch(/^> ?$/m))
    }, 60_000)
    afterAll(() => terminal?.close())

    /** Clears the line and the screen, types, presses TAB (twice for a list), and waits for what must be seen. */
    async function tab(typed: string, check: (screen: string) => void, presses = 1): Promise<string> {
      // Not in bash: interrupted while it completes, it leaves the terminal in a bad way (any completion function does).
      if (shell !== 'bash') terminal.press('C-c')
      terminal.press('C-u')
      terminal.press('C-l')
      await terminal.until((screen) => expect(screen).toMatch(/^\n*> ?$/))
      terminal.type(typed)
      await terminal.until((screen) => expect(screen.replace(/\n/g, '')).toContain(typed.trimEnd()))
      for (let i = 0; i < presses; i++) terminal.press('Tab')
      return terminal.until(check)
    }
    /** TAB leads to exactly this line. */
    const becomes = (typed: string, line: string) =>
      tab(typed, (screen) => expect(`${edited(`\n${screen}`).trimEnd()}|`).toBe(`> ${line.trimEnd()}|`))
    /** TAB shows all of these. */
    const lists = (typed: string, ...texts: readonly string[]) =>
      tab(
        typed,
        (screen) => expect(texts.filter((text) => !screen.includes(text))).toEqual([]),
        shell === 'bash' ? 2 : 1,
      )

    it('a command', () => becomes('kds pl', 'kds plan '))
    it('the commands of a group, with what they do', () =>
      lists('kds rollout ', 'history', 'undo', 'simulate', 'virtual clock'))
    it('a topic of help', () => becomes('kds help exit', 'kds help exit-codes '))
    it('a flag', () => becomes('kds plan --snap', 'kds plan --snapshot '))
    it('the flags that go on from a part', () => lists('kds plan --node', '--node', '--nodes'))
    it('values of -o', () => lists('kds plan -o ', 'json', 'yaml', 'markdown'))
    it('a value behind an equals sign', () =>
      becomes('kds plan --output=mark', 'kds plan --output=markdown '))
    it('values of --dry-run', () => lists('kds rollout undo ds/a --dry-run=', 'none', 'client', 'server'))
    it('a value of --color', () => becomes('kds plan --color n', 'kds plan --color never '))
    it('a file for -f', () => becomes('kds plan -f mani', 'kds plan -f manifest.yaml '))
    it('a file behind an equals sign', () =>
      becomes('kds plan --nodes=mani', 'kds plan --nodes=manifest.yaml '))
    it('a folder, and no file, for -k', () => becomes('kds plan -k o', 'kds plan -k overlay/'))
    it('a DaemonSet', () =>
      becomes('kds rollout status -n logging log', 'kds rollout status -n logging log-agent '))
    it('a DaemonSet with ds/', () =>
      becomes('kds rollout status -n logging ds/', 'kds rollout status -n logging ds/log-agent '))
    it('a namespace', () => becomes('kds rollout status -n logg', 'kds rollout status -n logging '))
    it('a context with colons in it, and the namespace that it brings', async () => {
      await becomes('kds rollout status --context arn:aws:eks', `kds rollout status --context ${eksContext} `)
      await becomes(
        `kds rollout status --context=${eksContext} l`,
        `kds rollout status --context=${eksContext} log-agent `,
      )
    })
    it('a cluster', () =>
      becomes('kds rollout status --cluster sand', 'kds rollout status --cluster sandbox '))
    it('a user', () => becomes('kds rollout status --user ad', 'kds rollout status --user admin '))
    it('a node', () =>
      becomes('kds plan --node ip-10-0-0-109', 'kds plan --node ip-10-0-0-109.eu-west-1.compute.internal '))
    it('revisions with their change cause, newest first', async () => {
      const screen = await lists(
        'kds rollout undo ds/log-agent -n logging --to-revision ',
        'log-agent 4.1.1 with a disk buffer',
        'log-agent 4.0.3',
      )
      expect(screen.indexOf('4.1.1')).toBeLessThan(screen.indexOf('4.0.3'))
    })
    // kubectl's script for bash wants bash-completion; its part in this is the same in each shell.
    it.skipIf(shell === 'bash' || kubectlFolder === '.')(
      'through kubectl (skipped in bash, and without kubectl)',
      async () => {
        await becomes('kubectl kds plan --snap', 'kubectl kds plan --snapshot ')
        await becomes(
          'kubectl kds rollout status -n logging log',
          'kubectl kds rollout status -n logging log-agent ',
        )
      },
    )
    it('each name once', async () => {
      const screen = await lists('kds rollout status --context ', 'away', 'here')
      expect(screen.split('away').length).toBe(2)
    })
    it('nothing, and no message, when the server is not there', async () => {
      await tab('kds rollout status --context away ', (screen) => expect(screen).toContain('away'))
      terminal.type('x')
      const screen = await terminal.until((shown) => expect(edited(`\n${shown}`)).toContain('away x'))
      expect(screen.trim().split('\n').length).toBe(1)
    })
    it('runs nothing of what is typed', async () => {
      await tab('kds plan $(touch ran) --snap', (screen) => expect(screen).toContain('--snap'))
      await lists('kds plan -o ', 'json')
      expect(spawnSync('ls', [cluster.folder], { encoding: 'utf8' }).stdout).not.toMatch(/^ran$/m)
    })
  })
})
