import type { Policy } from './policies.ts'

export type Weakness = 'tooShort' | 'composition' | 'common' | 'containsName' | 'reused'

/** Stems of the passwords that are tried first, Chinese ones included (ASVS 5.0 6.2.4); digits and signs around a stem do not help. */
const commonStems = new Set(
  `password passwort passw0rd pass admin administrator root user guest test demo welcome login letmein master secret default changeme
   qwerty qwertyui qwertyuiop qwer qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou dragon monkey football baseball
   sunshine princess superman batman abc abcd abcde abcdef abcdefg abcdefgh aaa hello system manager operator server company
   woaini woaiwojia wodemima mima caonima nihao zhongguo beijing shanghai chongqing huawei tencent alibaba taobao weixin wechat
   xiaoming zhang wang woshishui tianxia qiuqiu ceshi guanli guanliyuan yonghu gongsi
   lianshu platform industry factory 链枢 密码 管理员 中国 重庆 公司 平台`
    .split(/\s+/)
    .filter(Boolean),
)

const lookAlikes: Record<string, string> = { '0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }
const runs = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p']

/** What is wrong with a new password; `names` are words that an attacker would try: log-in, person, organisation. */
export function weaknesses(password: string, policy: Policy, names: readonly string[]): Weakness[] {
  const found: Weakness[] = []
  if ([...password].length < policy.minLength) found.push('tooShort')
  if (policy.composition && classesOf(password) < 3) found.push('composition')
  if (isCommon(password)) found.push('common')
  if (namesIn(password, names)) found.push('containsName')
  return found
}

const classesOf = (password: string): number =>
  [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u].filter((kind) => kind.test(password)).length

function isCommon(password: string): boolean {
  const lower = password.normalize('NFKC').toLowerCase()
  const texts = [core(lower), core(shortestPeriod(lower))].flatMap((text) => [text, withoutLookAlikes(text)])
  return texts.some((text) => commonStems.has(text)) || /^\p{Nd}*$/u.test(lower) || isMonotonous(lower)
}

const withoutLookAlikes = (text: string) => [...text].map((c) => lookAlikes[c] ?? c).join('')

/** Without what people put before and behind a word: digits and signs. */
const core = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

/** `abcabcabc` → `abc`. */
function shortestPeriod(text: string): string {
  const at = (text + text).indexOf(text, 1)
  return text.slice(0, at)
}

/** A few characters over and over, or pieces of keyboard and alphabet runs alone. */
function isMonotonous(text: string): boolean {
  if (new Set(text).size <= 4) return true
  let rest = text
  for (const run of runs) {
    for (const row of [run, [...run].reverse().join('')]) {
      for (let length = row.length; length >= 4; length--)
        for (let from = 0; from + length <= row.length; from++) rest = rest.replaceAll(row.slice(from, from + length), '')
    }
  }
  return rest.length <= 3
}

const MIN_NAME = 3

function namesIn(password: string, names: readonly string[]): boolean {
  const lower = password.normalize('NFKC').toLowerCase()
  return names
    .flatMap((name) => [name, ...name.split(/[\s@._-]+/)])
    .map((name) => name.normalize('NFKC').toLowerCase())
    .some((name) => [...name].length >= MIN_NAME && lower.includes(name))
}
