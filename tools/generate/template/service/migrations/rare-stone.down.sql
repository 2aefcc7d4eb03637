drop table rare_stones;
