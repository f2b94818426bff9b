import { Segmented } from 'antd'
import { useSearchParams } from 'react-router'
import { useWords } from './i18n.ts'
import { useSession } from './session.ts'

export type TradeSide = 'buyer' | 'supplier'

/** Which side of the trade a list shows, by the address; without one a supplier starts as such. Another side starts the page anew. */
export function useSide(): [TradeSide, (side: TradeSide) => void] {
  const [search, setSearch] = useSearchParams()
  const { organisation } = useSession()
  const given = search.get('side')
  const side = given === 'buyer' || given === 'supplier' ? given : organisation.kind === 'supplier' ? 'supplier' : 'buyer'
  return [side, (next) => setSearch({ side: next }, { replace: true })]
}

interface Props {
  side: TradeSide
  onChange: (side: TradeSide) => void
  words: (side: TradeSide) => string
  /** It stands above a list, not among a page's buttons. */
  above?: boolean
}

export function SideSwitch({ side, onChange, words, above = false }: Props) {
  const t = useWords()
  return (
    <Segmented<TradeSide>
      aria-label={t('ui:side')}
      {...(above ? { className: 'ls-sides' } : {})}
      value={side}
      onChange={onChange}
      options={(['buyer', 'supplier'] as const).map((value) => ({ value, label: words(value) }))}
    />
  )
}
