import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']

/** The machine's own Chrome or Chromium; undefined where Playwright's is to be used. */
export function installedBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

/** An installed browser, else Debian's package where we may install it, else Playwright's download. */
export function ensureBrowser(): void {
  if (installedBrowser() !== undefined) return
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.log('正在安装浏览器（Debian chromium）…  Installing the browser (Debian chromium) …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], {
      stdio: 'inherit',
      env,
    })
    if (status === 0 && installedBrowser() !== undefined) return
  }
  console.log('正在下载浏览器（Playwright）…  Downloading the browser (Playwright) …')
  const cli = resolve(import.meta.dirname, '../node_modules/@playwright/test/cli.js')
  execFileSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit' })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
