import { TreeSelect } from 'antd'
import type { Filter, FilterOption } from './data-table.tsx'

interface Props {
  filter: Filter
  value: string | null
  onChange: (value: string | null | undefined) => void
}

interface Node {
  value: string
  title: string
  children: Node[]
}

const nodeOf = ({ value, label, children = [] }: FilterOption): Node => ({ value, title: label, children: children.map(nodeOf) })

/** A filter over a tree: whatever is chosen stands for all below it. */
export function TreeFilter({ filter, value, onChange }: Props) {
  return (
    <TreeSelect<string | null>
      aria-label={filter.label}
      placeholder={filter.label}
      allowClear
      showSearch={{ treeNodeFilterProp: 'title' }}
      popupMatchSelectWidth={false}
      className="ls-filter"
      treeDefaultExpandAll
      treeData={filter.options.map(nodeOf)}
      value={value}
      onChange={onChange}
    />
  )
}
