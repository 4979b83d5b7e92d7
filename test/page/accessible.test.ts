import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { describe, expect, it } from 'vitest'
import { chromium } from '../helpers/chromium.ts'
import { largeCluster } from './large-cluster.ts'
import { agent, at, complaintsOf, edit, reader, textOf, violations } from './stage.ts'

describe.skipIf(!chromium)('the page for keys, screen readers and paper (skipped without Chromium)', () => {
  const { folder, ...stage } = reader((place) => {
    for (const nodes of [1, 12, 400])
      writeFileSync(join(place, `${nodes}.json`), JSON.stringify(largeCluster(nodes, 2)))
  })
  let page: Page
  const open = async (...argv: string[]) => {
    page = await stage.open(...argv)
    return page
  }

  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document
      return element?.id || element?.textContent
    })

  describe.each([
    ['several DaemonSets', ['-f', 'examples/platform-tools.yaml', ...agent]],
    ['evictions', ['-f', 'examples/cni-agent.yaml', ...at]],
    ['a manifest that would be refused', ['-f', 'examples/mistakes.yaml', ...at, '--force']],
    ['nodes alone', ['-f', 'examples/nowhere.yaml', '--nodes', 'examples/cluster.yaml']],
    ['1 node', ['-f', 'examples/log-agent-v2.yaml', '--snapshot', '1.json']],
    ['12 nodes', ['-f', 'examples/log-agent-v2.yaml', '--snapshot', '12.json']],
    ['400 nodes', ['-f', 'examples/log-agent-v2.yaml', '--snapshot', '400.json']],
  ])('axe-core finds nothing in a page of %s', (_, argv) => {
    it.each(['light', 'dark'])('%s', async (scheme) => {
      await open(...argv.map((word) => (/^\d+\.json$/.test(word) ? join(folder, word) : word)))
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      expect(await violations(page)).toEqual([])
      await page.click('#legend button')
      await page.click('#rows button.open')
      await edit(page, 'nodeSelector:\n  a: b\n  c: true\n')
      expect(await violations(page)).toEqual([])
      await edit(page, 'tolerations: [{operator: Exists}]\n')
      expect(await violations(page)).toEqual([])
      expect(complaintsOf(page)).toEqual([])
    })
  })

  it('is walked by keys: cells by arrows, Enter to the rules of the node', async () => {
    await open(...agent)
    await page.focus('#map button[tabindex="0"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('End')
    const name = await page.evaluate(() => document.activeElement?.getAttribute('data-node'))
    await page.keyboard.press('Enter')
    const opened = await page.evaluate(() => document.activeElement?.textContent)
    expect(opened).toBe(name)
    expect(await textOf(page, '#rows pre')).toContain(name)
    expect(await page.$$eval('#map button[tabindex="0"]', (all) => all.length)).toBe(1)
  })

  it('an edit is told in words, and a complaint takes their place', async () => {
    await open(...agent)
    expect(await textOf(page, '#said')).toBe('As in the manifest.')
    await edit(page, 'nodeSelector: {a: b}\n')
    expect(await textOf(page, '#said')).toBe(`Edited: ${await textOf(page, 'h1')}.`)
    expect(await page.$eval('#said', (said) => said.getAttribute('role'))).toBe('status')
    await edit(page, 'nodeSelector: [\n')
    expect(await textOf(page, '#said')).not.toContain('Edited')
  })

  it('a button that its own work takes away leaves the focus in its section', async () => {
    await open(...agent)
    await page.focus('#reasons button.quiet')
    const text = await focused()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('#said')?.textContent?.startsWith('Edited'))
    expect(text).toMatch(/^Tolerate /)
    expect(await focused()).toBe('because')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('#because') !== null)).toBe(true)
  })

  it('the rules of a node offer its taints, and stay open', async () => {
    await open(...agent)
    await page.type('#search', 'virtual-kubelet-fargate')
    await page.click('#rows button.open')
    await page.focus('#rows button.quiet')
    expect(await focused()).toBe('Tolerate virtual-kubelet.io/provider=fargate:NoSchedule')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('#rows .what')?.textContent?.includes('create'))
    expect(await textOf(page, '#rows pre')).toContain('virtual-kubelet.io/provider')
    expect(await focused()).toBe('nodes')
  })

  it('a new line of the editor keeps the indentation, and can be undone', async () => {
    await open(...agent)
    await edit(page, '')
    await page.focus('#stanza')
    const value = () => page.$eval('#stanza', (area) => (area as HTMLTextAreaElement).value)
    for (const line of ['tolerations:', '- key: a', 'operator: Exists']) {
      await page.keyboard.type(line)
      await page.keyboard.press('Enter')
    }
    expect(await value()).toBe('tolerations:\n- key: a\n  operator: Exists\n  ')
    await page.keyboard.down('Control')
    await page.keyboard.press('z')
    await page.keyboard.up('Control')
    expect(await value()).not.toBe('tolerations:\n- key: a\n  operator: Exists\n  ')
  })

  it.each([400, 900, 1600])('nothing is wider than a screen of %i pixels', async (width) => {
    await open('-f', 'examples/platform-tools.yaml', ...agent)
    await page.setViewport({ width, height: 1000 })
    await page.click('#rows button.open')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  })

  it('is printed with all nodes', async () => {
    await open('-f', 'examples/log-agent-v2.yaml', '--snapshot', join(folder, '400.json'))
    const rows = () => page.$$eval('#rows tr', (all) => all.length)
    expect(await rows()).toBe(200)
    await page.pdf({ format: 'A4' })
    expect(await rows()).toBe(400)
  })

  it('is printed dark on white, whatever the screen is, without what is for hands', async () => {
    await open(...agent)
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    await page.emulateMediaType('print')
    const shown = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      ground: getComputedStyle(document.body).backgroundColor,
      editor: getComputedStyle(document.querySelector('#try') as Element).display,
      map: getComputedStyle(document.querySelector('#where') as Element).display,
    }))
    expect(shown).toEqual({
      ink: 'rgb(29, 33, 38)',
      ground: 'rgb(255, 255, 255)',
      editor: 'none',
      map: 'block',
    })
  })
})
