import { createDeviceTree, type DeviceTree, type PlantedDevice } from './device-tree.ts';
import { createNamespace, type Namespace } from './namespace.ts';

export type Attachment = {
  /** The name that the host's image gives it. */
  readonly link: string;
  readonly macAddress: string;
  readonly pciAddress: string;
  /** False: udev is not done with it yet. */
  readonly isSettled?: boolean;
};

export type Attached = PlantedDevice & { readonly wire: string };

export type LinkState = {
  readonly name: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly altNames: readonly string[];
};

/** A host in a network namespace, with another one that stands for its subnet. */
export type NodeHost = {
  readonly namespace: Namespace;
  /** Where the other end of each link is, with MTU 9001 and up. */
  readonly subnet: Namespace;
  readonly tree: DeviceTree;
  /** Attaches interfaces as EC2 does: links that were not there appear, down and with MTU 1500. */
  readonly attach: (...attachments: readonly Attachment[]) => Promise<readonly Attached[]>;
  /** Gives a link another name, as udev does. */
  readonly rename: (attached: Attached, link: string) => Promise<Attached>;
  /** Takes an interface away, and its device with it. */
  readonly detach: (attached: Attached) => Promise<void>;
  /** The link of that name as it is now; undefined when there is none. */
  readonly link: (name: string) => Promise<LinkState | undefined>;
  readonly links: () => Promise<readonly LinkState[]>;
  readonly remove: () => Promise<void>;
};

type RawLink = {
  readonly ifname: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly altnames?: readonly string[];
};

// Above what either namespace numbers by itself, so that a link keeps its index when it is moved.
const FIRST_INDEX = 1000;

/** Makes both namespaces and the folder of the host's devices. */
export const createNodeHost = async (): Promise<NodeHost> => {
  const namespace = await createNamespace();
  const subnet = await createNamespace();
  const tree = createDeviceTree();
  let index = FIRST_INDEX;

  const links = async (): Promise<readonly LinkState[]> =>
    (JSON.parse(await namespace.ip('-j', 'link')) as RawLink[]).map(
      ({ ifname, mtu, flags, altnames = [] }) => ({
        name: ifname,
        mtu,
        isUp: flags.includes('UP'),
        altNames: altnames,
      }),
    );

  return {
    namespace,
    subnet,
    tree,
    links,
    link: async (wanted) => (await links()).find(({ name }) => name === wanted),
    async attach(...attachments) {
      const made = attachments.map(({ link, pciAddress }) => {
        index += 2;
        return { link, pciAddress, ifindex: index, wire: `wire${index}` };
      });
      await subnet.batch(
        attachments.flatMap(({ link, macAddress }, at) => {
          const { ifindex, wire } = made[at] ?? { ifindex: 0, wire: '' };
          return [
            `link add name ${link} index ${ifindex} address ${macAddress} type veth peer name ${wire} index ${ifindex + 1}`,
            `link set dev ${wire} mtu 9001 up`,
          ];
        }),
      );
      for (const [at, device] of made.entries()) {
        await tree.plant(device);
        if (attachments[at]?.isSettled !== false) await tree.settle(device.ifindex);
      }
      await subnet.batch(made.map(({ link }) => `link set dev ${link} netns ${namespace.name}`));
      return made;
    },
    async rename(attached, link) {
      const renamed = { ...attached, link };
      await tree.uproot(attached);
      await tree.plant(renamed);
      await namespace.ip('link', 'set', 'dev', attached.link, 'name', link);
      return renamed;
    },
    async detach(attached) {
      await subnet.ip('link', 'delete', 'dev', attached.wire);
      await tree.uproot(attached);
    },
    async remove() {
      await namespace.remove();
      await subnet.remove();
      await tree.remove();
    },
  };
};
