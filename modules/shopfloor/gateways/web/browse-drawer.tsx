import { ApartmentOutlined } from '@ant-design/icons'
import { Alert, Button, Drawer, Tree } from 'antd'
import { type ReactNode, useState } from 'react'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { configurationApi } from '../configuration-contract.ts'
import type { DirectoryNode, LinkId } from '../contract.ts'
import { type ChosenLink, LinkBar } from './link-bar.tsx'
import { useCodeText } from './reason-words.ts'

/** A node of the tree: one of the device's, or the way to the next page of a folder. */
interface TreeNode {
  /** The way to it: a node may lie in several folders, even in one of its own. */
  key: string
  /** The key of its folder. */
  below: string
  title: ReactNode
  /** Names of the folders above it, `Press.Hydraulics`. */
  folder: string
  node?: DirectoryNode
  more?: { at: string | null; cursor: string }
  isLeaf: boolean
  checkable: boolean
  selectable: boolean
  children?: TreeNode[]
}

export type PickedNode = DirectoryNode & { folder: string }

/** Where the protocol's devices have a directory of their own. */
export function BrowseButton({ protocol, onPick }: { protocol: Protocol; onPick: (nodes: PickedNode[]) => void }) {
  const t = useWords('gateways')
  const [open, setOpen] = useState(false)
  if (!protocol.can.browse) return null
  return (
    <>
      <Button icon={<ApartmentOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t('browse')}
      </Button>
      <BrowseDrawer protocol={protocol.name} open={open} onClose={() => setOpen(false)} onPick={onPick} />
    </>
  )
}

/** What is shown of one link's device, and what is picked of it. */
function useDirectory(link: LinkId | undefined) {
  const t = useWords('gateways')
  const words = useCodeText()
  const [tree, setTree] = useState<TreeNode[]>()
  const [picked, setPicked] = useState<ReadonlyMap<string, PickedNode>>(new Map())
  const [state, setState] = useState<{ loading: boolean; failure?: string }>({ loading: false })

  const pickNone = () => setPicked(new Map())
  const clear = () => {
    setTree(undefined)
    pickNone()
    setState({ loading: false })
  }
  /** Undefined where it failed. */
  const ask = async (below: string, folder: string, at: string | null, cursor: string | null): Promise<TreeNode[] | undefined> => {
    setState({ loading: true })
    try {
      const answer = await call(configurationApi.browse, { params: { id: link as LinkId }, body: { at, cursor } })
      setState(answer.outcome === 'read' ? { loading: false } : { loading: false, failure: words(answer.reason, answer.details) })
      if (answer.outcome === 'failed') return undefined
      const nodes = answer.nodes.map((node) => treeNode(below, folder, node, node.reason ? words(node.reason) : undefined))
      return answer.cursor === null ? nodes : [...nodes, moreNode(below, folder, at, answer.cursor, t('browseMore'))]
    } catch (error) {
      setState({ loading: false, failure: errorText(error, t) })
      return undefined
    }
  }
  const begin = async () => {
    setTree(undefined)
    setTree(await ask('', '', null, null))
  }
  const open = async (key: string, folder: string, node: DirectoryNode | undefined) => {
    if (!node) return
    const children = await ask(key, folder === '' ? node.name : `${folder}.${node.name}`, node.at, null)
    // The tree asks once for each key: one that failed is closed again under another, so that it can be opened anew.
    const opened = (one: TreeNode) => (children ? { ...one, children, isLeaf: children.length === 0 } : { ...one, key: `${key} ` })
    setTree((before) => before && changed(before, key, (one) => [opened(one)]))
  }
  const goOn = async ({ key, below, folder, more }: TreeNode) => {
    if (!more) return
    const next = await ask(below, folder, more.at, more.cursor)
    if (next) setTree((before) => before && changed(before, key, () => next))
  }
  const pick = (node: TreeNode, checked: boolean) => setPicked((before) => withPick(before, node, checked))
  return { tree, picked, state, clear, begin, open, goOn, pick, pickNone }
}

/** A device's own directory, for picking points by name. */
function BrowseDrawer(props: { protocol: string; open: boolean; onClose: () => void; onPick: (nodes: PickedNode[]) => void }) {
  const t = useWords('gateways')
  const [link, setLink] = useState<ChosenLink>()
  const { tree, picked, state, clear, begin, open, goOn, pick, pickNone } = useDirectory(link?.id)
  const choose = (chosen: ChosenLink | undefined) => {
    setLink(chosen)
    clear()
  }
  const add = () => {
    // A node may lie in several folders.
    props.onPick([...new Map([...picked.values()].map((node) => [node.at, node])).values()])
    pickNone()
    props.onClose()
  }
  return (
    <Drawer
      open={props.open}
      onClose={props.onClose}
      title={t('browse')}
      size="large"
      extra={
        <Button type="primary" disabled={picked.size === 0} onClick={add}>
          {t('browseAdd', { n: picked.size })}
        </Button>
      }
    >
      <p className="ls-quiet">{t('browseHint')}</p>
      <LinkBar protocol={props.protocol} enabled={props.open} onChoose={choose}>
        <Button disabled={link === undefined} loading={state.loading} onClick={() => void begin()}>
          {t('browseStart')}
        </Button>
      </LinkBar>
      {state.failure && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={state.failure} />}
      {tree?.length === 0 && !state.failure && <p className="ls-quiet">{t('browseEmpty')}</p>}
      {tree && tree.length > 0 && (
        <Tree<TreeNode>
          checkable
          checkStrictly
          virtual
          height={520}
          treeData={tree}
          checkedKeys={[...picked.keys()]}
          loadData={({ key, folder, node }) => open(String(key), folder, node)}
          onCheck={(_, { node, checked }) => pick(node, checked)}
          onSelect={(_, { node }) => void goOn(node)}
        />
      )}
    </Drawer>
  )
}

const treeNode = (below: string, folder: string, node: DirectoryNode, reason: string | undefined): TreeNode => ({
  key: `${below}\n${node.at}`,
  below,
  folder,
  node,
  title: (
    <span title={reason ?? node.at}>
      {node.name} <span className="ls-quiet">{reason ?? node.dataType ?? ''}</span>
    </span>
  ),
  isLeaf: !node.hasChildren,
  checkable: node.place !== null && node.reason === undefined,
  selectable: false,
})

const moreNode = (below: string, folder: string, at: string | null, cursor: string, title: string): TreeNode => ({
  key: `${below}\nmore ${cursor}`,
  below,
  folder,
  title,
  more: { at, cursor },
  isLeaf: true,
  checkable: false,
  selectable: true,
})

/** The node of `key` in place of itself. */
const changed = (nodes: readonly TreeNode[], key: string, by: (node: TreeNode) => TreeNode[]): TreeNode[] =>
  nodes.flatMap((node) => (node.key === key ? by(node) : node.children ? [{ ...node, children: changed(node.children, key, by) }] : [node]))

function withPick(
  before: ReadonlyMap<string, PickedNode>,
  { key, folder, node }: TreeNode,
  checked: boolean,
): ReadonlyMap<string, PickedNode> {
  const after = new Map(before)
  if (checked && node) after.set(key, { ...node, folder })
  else after.delete(key)
  return after
}
