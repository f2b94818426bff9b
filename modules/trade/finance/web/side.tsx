import { Segmented } from 'antd'
import { useSearchParams } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { useSession } from '#ui/session.ts'
import type { PartySide } from '../invoice-contract.ts'

/** Which side of the trade a list shows; a supplier starts with what he is owed. */
export function useSide(): [PartySide, (side: PartySide) => void] {
  const [search, setSearch] = useSearchParams()
  const session = useSession()
  const own = session.organisation.kind === 'supplier' ? 'supplier' : 'buyer'
  const given = search.get('side')
  const side = given === 'buyer' || given === 'supplier' ? given : own
  return [side, (next) => setSearch({ side: next })]
}

export function SideSwitch({ side, onChange, words }: { side: PartySide; onChange: (side: PartySide) => void; words: string }) {
  const t = useWords('finance')
  return (
    <Segmented<PartySide>
      value={side}
      onChange={onChange}
      options={[
        { value: 'buyer', label: t(`${words}.buyer`) },
        { value: 'supplier', label: t(`${words}.supplier`) },
      ]}
    />
  )
}
