import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import type { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';

interface Touch {
  readonly NetworkInterfaceId?: string;
  readonly AttachmentId?: string;
  readonly Resources?: readonly string[];
}

const isTouched = (eni: SimulatedInterface, { NetworkInterfaceId, ...input }: Touch): boolean =>
  eni.eniId === NetworkInterfaceId ||
  (input.AttachmentId !== undefined && eni.attachment?.attachmentId === input.AttachmentId) ||
  (input.Resources ?? []).includes(eni.eniId);

/** Watches every call at the moment it arrives: whose interface it is about to change. */
export const createReferee = (clusterName: string) => {
  let ec2: SimulatedEc2 | undefined;
  const fouls: string[] = [];
  const isOurs = ({ tags }: SimulatedInterface): boolean => tags.get(TAGS.cluster) === clusterName;

  return {
    begin(stage: { readonly ec2: SimulatedEc2 }): void {
      ec2 = stage.ec2;
    },
    see(action: string, input: object): void {
      if (ec2 === undefined || action.startsWith('Describe') || action.startsWith('Create')) return;
      for (const eni of ec2.interfaces().filter((one) => isTouched(one, input))) {
        if (eni.attachment?.deviceIndex === 0) fouls.push(`${action} on the primary ${eni.eniId}`);
        else if (!isOurs(eni)) fouls.push(`${action} on ${eni.eniId}, which is not ours`);
      }
    },
    ours: (interfaces: readonly SimulatedInterface[]) => interfaces.filter(isOurs),
    takeFouls: (): readonly string[] => fouls.splice(0),
  };
};
