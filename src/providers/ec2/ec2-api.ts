import {
  AssignIpv6AddressesCommand,
  type AssignIpv6AddressesCommandInput,
  type AssignIpv6AddressesCommandOutput,
  AssignPrivateIpAddressesCommand,
  type AssignPrivateIpAddressesCommandInput,
  type AssignPrivateIpAddressesCommandOutput,
  AttachNetworkInterfaceCommand,
  type AttachNetworkInterfaceCommandInput,
  type AttachNetworkInterfaceCommandOutput,
  CreateNetworkInterfaceCommand,
  type CreateNetworkInterfaceCommandInput,
  type CreateNetworkInterfaceCommandOutput,
  CreateTagsCommand,
  type CreateTagsCommandInput,
  type CreateTagsCommandOutput,
  DeleteNetworkInterfaceCommand,
  type DeleteNetworkInterfaceCommandInput,
  type DeleteNetworkInterfaceCommandOutput,
  DeleteTagsCommand,
  type DeleteTagsCommandInput,
  type DeleteTagsCommandOutput,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  type DescribeInstancesCommandOutput,
  DescribeInstanceTypesCommand,
  type DescribeInstanceTypesCommandInput,
  type DescribeInstanceTypesCommandOutput,
  DescribeNetworkInterfacesCommand,
  type DescribeNetworkInterfacesCommandInput,
  type DescribeNetworkInterfacesCommandOutput,
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandInput,
  type DescribeSecurityGroupsCommandOutput,
  DescribeSecurityGroupVpcAssociationsCommand,
  type DescribeSecurityGroupVpcAssociationsCommandInput,
  type DescribeSecurityGroupVpcAssociationsCommandOutput,
  DescribeSubnetsCommand,
  type DescribeSubnetsCommandInput,
  type DescribeSubnetsCommandOutput,
  DetachNetworkInterfaceCommand,
  type DetachNetworkInterfaceCommandInput,
  type DetachNetworkInterfaceCommandOutput,
  type EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  type ModifyNetworkInterfaceAttributeCommandInput,
  type ModifyNetworkInterfaceAttributeCommandOutput,
} from '@aws-sdk/client-ec2';

/**
 * Every EC2 call this product makes, and no other: adding a line here is adding an IAM permission.
 */
export interface Ec2Api {
  describeInstances(input: DescribeInstancesCommandInput): Promise<DescribeInstancesCommandOutput>;
  describeInstanceTypes(
    input: DescribeInstanceTypesCommandInput,
  ): Promise<DescribeInstanceTypesCommandOutput>;
  describeNetworkInterfaces(
    input: DescribeNetworkInterfacesCommandInput,
  ): Promise<DescribeNetworkInterfacesCommandOutput>;
  describeSecurityGroups(
    input: DescribeSecurityGroupsCommandInput,
  ): Promise<DescribeSecurityGroupsCommandOutput>;
  describeSecurityGroupVpcAssociations(
    input: DescribeSecurityGroupVpcAssociationsCommandInput,
  ): Promise<DescribeSecurityGroupVpcAssociationsCommandOutput>;
  describeSubnets(input: DescribeSubnetsCommandInput): Promise<DescribeSubnetsCommandOutput>;
  createNetworkInterface(
    input: CreateNetworkInterfaceCommandInput,
  ): Promise<CreateNetworkInterfaceCommandOutput>;
  attachNetworkInterface(
    input: AttachNetworkInterfaceCommandInput,
  ): Promise<AttachNetworkInterfaceCommandOutput>;
  modifyNetworkInterfaceAttribute(
    input: ModifyNetworkInterfaceAttributeCommandInput,
  ): Promise<ModifyNetworkInterfaceAttributeCommandOutput>;
  assignPrivateIpAddresses(
    input: AssignPrivateIpAddressesCommandInput,
  ): Promise<AssignPrivateIpAddressesCommandOutput>;
  assignIpv6Addresses(
    input: AssignIpv6AddressesCommandInput,
  ): Promise<AssignIpv6AddressesCommandOutput>;
  createTags(input: CreateTagsCommandInput): Promise<CreateTagsCommandOutput>;
  deleteTags(input: DeleteTagsCommandInput): Promise<DeleteTagsCommandOutput>;
  detachNetworkInterface(
    input: DetachNetworkInterfaceCommandInput,
  ): Promise<DetachNetworkInterfaceCommandOutput>;
  deleteNetworkInterface(
    input: DeleteNetworkInterfaceCommandInput,
  ): Promise<DeleteNetworkInterfaceCommandOutput>;
}

/** The calls over the wire. */
export const createEc2Api = (client: EC2Client): Ec2Api => ({
  describeInstances: (input) => client.send(new DescribeInstancesCommand(input)),
  describeInstanceTypes: (input) => client.send(new DescribeInstanceTypesCommand(input)),
  describeNetworkInterfaces: (input) => client.send(new DescribeNetworkInterfacesCommand(input)),
  describeSecurityGroups: (input) => client.send(new DescribeSecurityGroupsCommand(input)),
  describeSecurityGroupVpcAssociations: (input) =>
    client.send(new DescribeSecurityGroupVpcAssociationsCommand(input)),
  describeSubnets: (input) => client.send(new DescribeSubnetsCommand(input)),
  createNetworkInterface: (input) => client.send(new CreateNetworkInterfaceCommand(input)),
  attachNetworkInterface: (input) => client.send(new AttachNetworkInterfaceCommand(input)),
  modifyNetworkInterfaceAttribute: (input) =>
    client.send(new ModifyNetworkInterfaceAttributeCommand(input)),
  assignPrivateIpAddresses: (input) => client.send(new AssignPrivateIpAddressesCommand(input)),
  assignIpv6Addresses: (input) => client.send(new AssignIpv6AddressesCommand(input)),
  createTags: (input) => client.send(new CreateTagsCommand(input)),
  deleteTags: (input) => client.send(new DeleteTagsCommand(input)),
  detachNetworkInterface: (input) => client.send(new DetachNetworkInterfaceCommand(input)),
  deleteNetworkInterface: (input) => client.send(new DeleteNetworkInterfaceCommand(input)),
});
