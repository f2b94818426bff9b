import { Tag } from 'antd'
import { useWords } from '#ui/i18n.ts'
import { allPages } from '#ui/module-pages.ts'
import { Panels } from '#ui/panels.tsx'
import type { SharedItem } from '../contract.ts'

const SLOT = 'sharing.itemPicker'

/** The machines to share: chosen by the panel of the module that has them; without one, those that the address named. */
export function ItemsField({ value = [], onChange }: { value?: SharedItem[]; onChange?: (items: SharedItem[]) => void }) {
  const t = useWords('sharing')
  const change = (items: SharedItem[]) => onChange?.(items)
  const picker = allPages().some((page) => page.panels?.some((panel) => panel.slot === SLOT))
  if (picker) return <Panels slot={SLOT} props={{ value, onChange: change }} />
  if (value.length === 0) return <p className="ls-quiet">{t('form.noItems')}</p>
  return (
    <div className="sharing-items">
      {value.map((item) => (
        <Tag
          key={item.id}
          closable={{ 'aria-label': t('form.removeItem', { name: item.label }) }}
          onClose={() => change(value.filter((other) => other.id !== item.id))}
        >
          {item.label}
        </Tag>
      ))}
    </div>
  )
}
