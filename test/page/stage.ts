import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll } from 'vitest'
import { browser as launched } from '../helpers/chromium.ts'
import { kds } from '../helpers/run.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const now = Date.UTC(2026, 10, 21, 12)

/** What a page complained about: the tests expect nothing. */
const complaints = new WeakMap<Page, string[]>()
export const complaintsOf = (page: Page): readonly string[] => complaints.get(page) ?? []

/** The page that `kds plan … -o html` prints, from a file, as a reader opens it. */
async function opened(browser: Browser, folder: string, argv: readonly string[]): Promise<Page> {
  const { out, err } = await kds(['plan', ...argv, '-o', 'html'], { now })
  if (!out.startsWith('<!doctype html>')) throw new Error(err)
  const file = join(folder, 'plan.html')
  writeFileSync(file, out)
  const page = await browser.newPage()
  const said: string[] = []
  complaints.set(page, said)
  page.on('console', (message) => void said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => void said.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) said.push(`asks for ${request.url()}`)
  })
  await page.evaluateOnNewDocument(() => {
    const copied: string[] = []
    Object.assign(globalThis, { copied })
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: async (text: string) => void copied.push(text) },
    })
  })
  await page.goto(`file://${file}`)
  await page.waitForSelector('#page:not([hidden])')
  return page
}

/** What pages are opened with: the examples' cluster, and a DaemonSet to update on it. */
export const at = ['--snapshot', 'examples/snapshot.yaml', '--nodes', 'examples/cluster.yaml']
export const agent = ['-f', 'examples/log-agent-v2.yaml', ...at]

/** A browser for the tests of a file, with one page at a time, and a folder with what `prepare` puts there. */
export function reader(prepare: (folder: string) => void = () => {}) {
  let browser: Browser | undefined
  let page: Page | undefined
  const folder = temporaryFolder()
  beforeAll(async () => {
    prepare(folder)
    browser = await launched()
  })
  afterAll(() => browser?.close())
  return {
    folder,
    /** The page of `kds plan …`, in the place of the one before. */
    open: async (...argv: string[]): Promise<Page> => {
      await page?.close()
      if (!browser) throw new Error('no browser was started')
      page = await opened(browser, folder, argv)
      return page
    },
  }
}

/** A plan as the command tells it: the first line without the name, and what becomes of each node. */
export interface Told {
  readonly head: string
  readonly nodes: Readonly<Record<string, string>>
}

/** What the command tells. */
export async function toldByCommand(argv: readonly string[]): Promise<Told> {
  const { out: text, err } = await kds(['plan', ...argv], { now })
  if (text === '') throw new Error(err)
  const { out: json } = await kds(['plan', ...argv, '-o', 'json'], { now })
  const [plan] = JSON.parse(json).items as {
    nodes: {
      name: string
      shouldRun: boolean
      shouldContinueRunning: boolean
      change?: { outcome: string }
    }[]
  }[]
  const resultOf = ({
    change,
    shouldContinueRunning,
    shouldRun,
  }: { change?: { outcome: string } } & Record<string, unknown>) =>
    change?.outcome ?? (shouldRun ? 'run' : shouldContinueRunning ? 'stay' : 'no')
  const nodes = Object.fromEntries((plan?.nodes ?? []).map((node) => [node.name, resultOf(node)]))
  return { head: (text.split('\n')[0] ?? '').replace(/(?:: | )[\w-]+\/[\w-]+$|:$/, ''), nodes }
}

/** What the page shows. */
export const toldByPage = (page: Page): Promise<Told> =>
  page.evaluate(() => ({
    head: document.querySelector('h1')?.textContent ?? '',
    nodes: Object.fromEntries(
      [...document.querySelectorAll('#map [data-node]')].map((cell) => [
        cell.getAttribute('data-node') ?? '',
        cell.getAttribute('data-kind') ?? '',
      ]),
    ),
  }))

/** The text of the editor, replaced as by a hand, and the page's answer awaited. */
export async function edit(page: Page, text: string): Promise<void> {
  await page.evaluate((value) => {
    const area = document.querySelector<HTMLTextAreaElement>('#stanza')
    const said = document.querySelector('#said')
    if (!area || !said) throw new Error('no editor')
    said.replaceChildren()
    area.value = value
    area.dispatchEvent(new Event('input', { bubbles: true }))
  }, text)
  await page.waitForFunction(() => document.querySelector('#said')?.textContent !== '')
}

export const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent ?? '')

export const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

/** What axe-core finds: the rule and the elements. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    interface Found {
      violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Found> } }
    const found = await axe.run()
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ failureSummary, html }) => `${id}: ${html} ${failureSummary}`),
    )
  })
}
