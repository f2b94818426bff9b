const DIGITS = '零壹贰叁肆伍陆柒捌玖'
const UNITS = ['', '拾', '佰', '仟']
const GROUPS = ['', '万', '亿', '万亿']

/** Four digits, without zeros in front: 1005 → 壹仟零伍. */
function group(digits: string): string {
  let text = ''
  let zero = false
  for (const [i, digit] of [...digits].entries()) {
    if (digit === '0') {
      zero = text !== ''
      continue
    }
    text += `${zero ? '零' : ''}${DIGITS[Number(digit)]}${UNITS[digits.length - 1 - i]}`
    zero = false
  }
  return text
}

function yuan(whole: bigint): string {
  const digits = whole.toString()
  const parts: string[] = []
  for (let end = digits.length; end > 0; end -= 4) parts.unshift(digits.slice(Math.max(0, end - 4), end))
  let text = ''
  let zero = false
  for (const [i, part] of parts.entries()) {
    const words = group(part.replace(/^0+/, ''))
    if (words === '') {
      zero = text !== ''
      continue
    }
    // A group that does not fill its thousands is read after a zero.
    if (text !== '' && (zero || part.startsWith('0'))) text += '零'
    text += words + GROUPS[parts.length - 1 - i]
    zero = false
  }
  return text
}

/**
 * An amount of money in capital characters, as Chinese orders, statements and bills carry it beside the figures (支付结算办法, 附件一
 * 正确填写票据和结算凭证的基本规定): 123450 fen → 壹仟贰佰叁拾肆元伍角整.
 * @param fen less than 10^18; a red amount begins with 负.
 */
export function capitalAmount(fen: bigint): string {
  if (fen < 0n) return `负${capitalAmount(-fen)}`
  if (fen === 0n) return '零元整'
  const whole = fen / 100n
  const jiao = Number((fen / 10n) % 10n)
  const rest = Number(fen % 10n)
  const head = whole === 0n ? '' : `${yuan(whole)}元`
  if (jiao === 0 && rest === 0) return `${head}整`
  const tens = jiao === 0 ? (head === '' ? '' : '零') : `${DIGITS[jiao]}角`
  return `${head}${tens}${rest === 0 ? '整' : `${DIGITS[rest]}分`}`
}
