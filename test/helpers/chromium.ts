import { existsSync } from 'node:fs'
import { type Browser, launch } from 'puppeteer-core'

const places = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** A Chromium of this machine; undefined: there is none, and tests of pages are skipped by name. CHROMIUM names another. */
export const chromium = places.find((place) => place !== '' && existsSync(place))

export function browser(): Promise<Browser> {
  if (chromium === undefined) throw new Error('there is no Chromium')
  // Tests in a container run as root, where Chromium has no sandbox of its own.
  return launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
