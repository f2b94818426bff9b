import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Undefined when the program can be run, now or after Debian's packages (with blanks between them) were installed; else why not. */
export function ensureProgram([program, ...args]: [string, ...string[]], debianPackages: string): string | undefined {
  const answers = () => {
    const { error, status } = spawnSync(program, args, { stdio: 'ignore' })
    // mosquitto_pub --help ends with 1.
    return error === undefined && (status === 0 || args[0] === '--help')
  }
  if (answers()) return undefined
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0)
    return `${program} is not installed (Debian: apt-get install ${debianPackages})`
  console.log(`installing ${debianPackages} …`)
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...debianPackages.split(' ')], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  if (!install()) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' })
    install()
  }
  return answers() ? undefined : `${program}: apt-get install ${debianPackages} failed`
}
