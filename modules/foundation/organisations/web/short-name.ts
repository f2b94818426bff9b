/**
 * 应龙压铸 for 重庆应龙压铸有限公司: what tells companies apart in a picture. The place is taken off where it is the organisation's own city,
 * the legal form at the end always; what would leave fewer than two characters stays whole.
 */
export function shortName(name: string, city: string | null): string {
  let short = name.replace(/(?:股份)?有限(?:责任)?公司$|集团$/, '').replace(/,?\s*(?:Co\.,?\s*)?(?:Ltd|Inc|LLC)\.?$/i, '')
  for (const place of (city ?? '').split(/[省市区县]/).filter((part) => part !== ''))
    if (short.startsWith(place)) short = short.slice(place.length)
  return short.trim().length < 2 ? name : short.trim()
}
