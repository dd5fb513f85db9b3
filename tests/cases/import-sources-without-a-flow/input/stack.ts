import * as bedrock from 'aws-cdk-lib/aws-bedrock';
