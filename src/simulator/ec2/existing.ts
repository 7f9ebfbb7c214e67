import { ec2Error } from './errors.ts';
import type {
  Ec2World,
  SimulatedGroup,
  SimulatedInstance,
  SimulatedInterface,
  SimulatedSubnet,
} from './model.ts';

/** Eight hexadecimal digits, or seventeen in ids made since 2016 ("Resource IDs", EC2 User Guide). */
const WELL_FORMED = /^[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

const checkForm = (id: string, code: string): void => {
  if (!WELL_FORMED.test(id)) throw ec2Error(code, `Invalid id: "${id}"`);
};

/*
 * What an id names, or the error of EC2 for one that names nothing. Codes: "Error codes for the Amazon EC2
 * API". An id of no known form is Malformed, except that of a subnet, which is always NotFound.
 */

export const existingInterface = (
  world: Ec2World,
  id: string | undefined = '',
): SimulatedInterface => {
  const eni = world.interfaces.get(id);
  if (eni !== undefined) return eni;
  checkForm(id, 'InvalidNetworkInterfaceId.Malformed');
  throw ec2Error(
    'InvalidNetworkInterfaceID.NotFound',
    `The networkInterface ID '${id}' does not exist`,
  );
};

export const existingInstance = (
  world: Ec2World,
  id: string | undefined = '',
): SimulatedInstance => {
  const instance = world.instances.get(id);
  if (instance !== undefined) return instance;
  checkForm(id, 'InvalidInstanceID.Malformed');
  throw ec2Error('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
};

export const existingGroup = (world: Ec2World, id: string | undefined = ''): SimulatedGroup => {
  const group = world.groups.get(id);
  if (group !== undefined) return group;
  checkForm(id, 'InvalidGroupId.Malformed');
  throw ec2Error('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
};

export const existingSubnet = (world: Ec2World, id: string | undefined = ''): SimulatedSubnet => {
  const subnet = world.subnets.get(id);
  if (subnet !== undefined) return subnet;
  throw ec2Error('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
};
