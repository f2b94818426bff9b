import { Select } from 'antd'
import { useWords } from '#ui/i18n.ts'
import { allPages } from '#ui/module-pages.ts'
import { Panels } from '#ui/panels.tsx'
import type { SharedItem } from '../contract.ts'

const SLOT = 'sharing.fieldPicker'

interface Props {
  items: SharedItem[] | 'all'
  value?: string[]
  onChange?: (names: string[]) => void
}

/** The measuring points to share: offered by the panel of the module that has them; without one, written by name. */
export function FieldsField({ items, value = [], onChange }: Props) {
  const t = useWords('sharing')
  const change = (names: string[]) => onChange?.(names)
  if (allPages().some((page) => page.panels?.some((panel) => panel.slot === SLOT)))
    return <Panels slot={SLOT} props={{ items, value, onChange: change }} />
  return (
    <Select
      mode="tags"
      open={false}
      suffixIcon={null}
      tokenSeparators={[',', '，', ' ']}
      aria-label={t('someFields')}
      value={value}
      onChange={change}
    />
  )
}
